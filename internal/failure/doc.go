// Package failure keeps why sign-ins failed, for idp explain. A refused request
// leaves a few words in a bounded queue; once a second they are written together.
// Requests that succeed do nothing here, and no request waits for it.
//
// It owns the cleaning of what came from outside: cut, without control characters,
// and with a mark in the place of everything that could be a secret, a code, a
// token or a mail address. It refuses to grow: when the queue is full, or one
// client's share of it, failures are counted and dropped.
package failure
