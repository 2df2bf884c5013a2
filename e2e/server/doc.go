// Command server is the world in which the end-to-end suite runs. It is test code
// only: e2e/lib/server.js builds, starts and stops it.
//
// It assembles the provider with internal/app, as production does, on an empty
// database, and puts around it what a provider needs to be tried:
//
//	issuer   the provider
//	notes    a demo application, confidential
//	tasks    the same application as a public client, on another host
//	partner  an application of somebody else, asked about once; it shows what came back
//	documents  where applications publish their keys and who they are, with https
//	siteverify  the end of a captcha's provider that servers ask, for -captcha
//	inbox    where all mail arrives, with its JSON API
//	control  moves the clock of everything above, takes the mail server down, and
//	         replaces the published keys
//
// When all of it answers, one line of JSON on standard output says where. It ends
// when its standard input does, so it never outlives the test that started it.
package main
