// Package testdns is the DNS of a test binary, by real packets on loopback: names
// lead where a test says, to several addresses, and elsewhere the next time.
package testdns
