// Package smtpsink is a mail server that delivers nothing: it hands each message
// to whoever awaits it in the same program. It answers from one goroutine per
// connection and keeps no mail that was taken, so that it does not show up in a
// measurement. It knows enough of RFC 5321 for well-behaved clients on loopback,
// with PIPELINING (RFC 2920).
package smtpsink
