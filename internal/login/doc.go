// Package login serves the pages between an authorization request and its code:
// the address form, the waiting page, the link, the choice of an account, and
// the question whether an application is allowed.
//
// Every page ends the same way: something now exists that did not before (a
// session, a consent), and the browser is sent to /authorize/continue, where the
// request is decided again. A page never decides itself: the same package that
// does says whether a sign-in has left anything to decide, or ends the request.
//
//	/login?flow=      ── address ──►  /login/c/{challenge}   waiting page
//	                                     │ code typed              ▲ other tab
//	/l/{token}        ── same browser, or a press of the button ───┘
//	/login/account?flow=, /login/consent?flow=
//
// A flow or challenge of another browser is never continued.
package login
