// Package mail sends what waits in the outbox.
//
// A worker claims a letter, which mints its link and code in the same
// transaction; renders it; hands it to the SMTP server; records what the server
// said; forgets the secrets. A try that fails mints anew. Whoever dies in the
// middle leaves a lease that runs out, and another worker tries again: a letter
// may arrive twice, it is never lost.
//
// A letter speaks the language of its sign-in, in words and templates that web and
// internal/words keep.
//
// go-mail calls a failure permanent when it does not know. Here only a 5xx reply
// to the sender, the recipient or the data is final; everything else (no
// connection, no answer after the final dot, refused credentials) is tried again
// for as long as the challenge lives.
package mail
