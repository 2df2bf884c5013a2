// Package apptest runs the whole provider for tests: the real assembly on a real
// database, listening on loopback, sending its mails by SMTP into a mailbox in
// memory. Tests drive it from outside, as browsers and applications would. It is
// test code only.
//
//	p := apptest.New(t, url)                         // a running provider
//	b := p.Browser()                                 // a browser, nobody signed in
//	r := apptest.NewRequest(apptest.Web)             // an authorization request with PKCE, state and nonce
//	a := b.SignIn(r, "ada@example.com")              // pages, mail and code, up to the answer
//	tokens := p.Redeem(r, a.Code)                    // the token endpoint's reply
//
// Smaller steps are there too: Browser.Open, Page.Form, Browser.Submit,
// Browser.Ask, Provider.Post. A Browser follows redirects inside the provider
// only; a redirect to an application is where it stops.
//
// It refuses to fake anything but the clock, and it knows nothing about tokens
// beyond decoding them: verifying is the foreign library's part in the tests.
package apptest
