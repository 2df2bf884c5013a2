// Package mail sends what waits in the outbox.
//
// A worker claims a letter, which mints its link and code in the same
// transaction; renders it; hands it to the SMTP server; records what the server
// said; forgets the secrets. A try that fails mints anew. Whoever dies in the
// middle leaves a lease that runs out, and another worker tries again: a letter
// may arrive twice, it is never lost.
//
// Providers hands a letter to the first of several providers that works; each is
// a Sender: an SMTP server or a program. A Failure says what one of them means for
// the letter (failure.go). go-mail calls a failure permanent when it does not know.
// Here only a 5xx reply about the mailbox is final; one about us or the letter is
// another provider's turn, and everything else (no connection, no answer after the
// final dot, refused credentials) is tried again for as long as the challenge
// lives.
//
// All tries of a letter have one Message-ID, whose first part proves to whoever
// finds it in a returned mail that the letter was ours (ref.go).
//
// A letter speaks the language of its sign-in, in words and templates that web and
// internal/words keep. Letters that differ in a few values are set once and printed
// (press.go).
package mail
