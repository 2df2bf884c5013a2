// Package console owns the administrator's console: small pages, complete without a
// script, on the administrator's listener. What they do is in package admin, who may
// do it in package gate.
//
// A person signs in to it through the provider itself, as to any application
// (signin.go): authorization code with PKCE. The access token that comes of it is
// sealed into a cookie and is admitted anew with each request, so that the console
// session is a grant, and ends with it.
//
// Whatever changes something is a POST from one of our own pages; what ends something
// is confirmed on a page that names it, and what cannot be undone wants a mailbox
// that was proved a moment ago.
//
// The pages are English only: whoever reads them reads a configuration, a log and
// documents in English too.
package console
