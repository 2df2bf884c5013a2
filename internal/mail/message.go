package mail

import (
	"fmt"
	"strings"
)

// Message is a letter as it goes out. It holds link and code in clear, so it
// lives no longer than the dialogue that hands it over.
type Message struct {
	ID       string // the Message-ID without its angle brackets; the same for every try of a letter
	From, To string // the envelope: bare addresses
	Subject  string
	Text     string
	HTML     string
	Raw      []byte // RFC 5322, with CRLF and without a dot at the end
}

// Header is one header line that a provider wants in front of a message.
type Header struct{ Name, Value string }

func lines(headers []Header) string {
	var b strings.Builder
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	return b.String()
}
