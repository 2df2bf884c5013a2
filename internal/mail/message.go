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
	Raw      string // RFC 5322, with CRLF and without a dot at the end
	// Parts are the text and the HTML that are in Raw, with link and code too. They are
	// made when a hook asks for them, nobody else needs them by themselves.
	Parts func() (text, html string)
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
