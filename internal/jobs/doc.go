// Package jobs runs what has to happen again and again: purging what expired,
// rotating keys, following the clients. Each job is a function that does one
// round, so that tests and commands can run it without waiting.
package jobs
