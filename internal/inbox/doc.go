// Package inbox is the mailbox of the development mode: an SMTP server that
// accepts every mail for every recipient, memory that keeps the newest ones,
// and a small web application that shows them.
//
//	SMTP ──► session ──► Store ──► pages     /, /message/{id}/…
//	                       │   └─► JSON API  /api/v1/…
//	                       └─────► Next      tests wait here for a mail
//
// It owns the way of a mail from the socket to the eye: parsing, searching,
// showing. The JSON API speaks a subset of Mailpit's, with the same paths and
// field names, so that tools written for Mailpit work. Three things differ:
// reading changes nothing, so Read is always false; "to:" with a whole address
// matches that address only, and also finds blind copies; a body of
// DELETE /api/v1/messages that is not JSON is an error, not "delete all".
//
// It refuses to be more than that: no TLS, no authentication, no delivery, no
// disk. Everything in it is readable by whoever reaches its two ports, sign-in
// links included, so both belong on loopback and never in production.
package inbox
