// Package testdns is the DNS of a test binary, by real packets on loopback: names
// lead where a test says, to several addresses, and elsewhere the next time. A Zone is
// a server of its own beside that, with mail servers and texts too, over UDP and TCP.
package testdns
