// Package idp is the vocabulary of the provider: its nouns (User, Session,
// Client, Flow, Code, Grant, SigningKey) and the pure decisions about them.
//
// Nothing here does I/O, knows HTTP or a database, or reads a clock: every
// decision takes now as an argument.
//
//	Decide        may this authorization request have a code, or which page first
//	NextKeys      which signing keys to make, promote or drop
//	PlanClients   what a configuration changes in the stored clients
//	Grant.Refresh what presenting a refresh token means
//
// There is no table of pending authorization requests. A validated request is a
// Flow; where a page is needed it is sealed and travels with the browser, and
// after the page it is decided again:
//
//	GET /authorize ──► Decide ──► Issue ─────────────────────► code to the application
//	                     │  ├───► Refuse ───────────────────► error to the application
//	                     │  └───► NeedLogin / NeedAccount / NeedConsent
//	                     │              │  page, sealed flow in the URL
//	                     └◄─ /authorize/continue?flow= ◄┘
package idp
