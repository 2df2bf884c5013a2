// Package dev is the first five minutes: the provider on an embedded database
// with secrets it made itself, a mail server with an inbox page, and a small
// application to sign in to. It needs no configuration, and it refuses to be
// reachable by anybody but this machine.
package dev
