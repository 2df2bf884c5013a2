// Package walk goes through a sign-in as one client would, against the running
// server, as far as it goes without a person: discovery, keys, the way to the
// sign-in page, client authentication, the page's own requests, sign-out and the
// addresses that this server calls. It stops at the first thing that does not fit
// and says which line to change.
//
// It refuses to sign anybody in and to change anything. What it provokes the server
// to refuse is recorded like every refusal; the report counts it.
package walk
