// Package logout takes the notices of ended sessions to the applications that
// asked for them (OpenID Connect Back-Channel Logout 1.0).
//
// A notice is stored by whatever ends a session, in the same transaction, so a
// process that dies loses none:
//
//	queued ──► sending ──► delivered
//	              │  ▲
//	              ▼  │ after a pause, for a day
//	           deferred ──► failed
//
// Each client has its own few deliveries at a time: one that does not answer
// keeps nobody else waiting. A delivery that outlives its lease may happen twice,
// never not at all.
//
// The package neither decides who is told (internal/storage does, where sessions
// end) nor makes the tokens (internal/oidc).
package logout
