// Package audit owns the events that tell who did what to whom: their names, the
// chain that makes tampering visible, and the search for it.
//
//	what happens ──same transaction──► event, seq 0 ──Sealer, once a second──► seq, hash
//	a refusal    ──Recorder, in memory, once a second──► event, seq 0
//
// Storage inserts an event beside what it tells. The chain is made afterwards, by
// one process at a time, so that no sign-in waits for another's. Each link is a
// keyed MAC over the link before it and the event, under a random key that is kept
// sealed by the root secret: who owns the database, but not the root secret, can
// make no link.
//
// Nothing secret is ever in an event, and no e-mail address: a person is named by
// the user's id. An address without a user is kept as a keyed hash (Keys.AddressRef).
// The caller's IP address and that hash are what deleting a user blanks; the chain
// covers them by a MAC of their own.
//
// docs/audit.md says what Verify can find and what it cannot.
package audit
