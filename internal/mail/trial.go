package mail

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Trial is a message in the shape of a letter, with words of its own: what idp
// doctor sends. It is signed as letters are; ref stands where theirs does.
func (c *Composer) Trial(to, ref, subject, text, html string, now time.Time) (*Message, error) {
	_, domain, _ := strings.Cut(c.From.Address, "@")
	m := &Message{ID: ref + "@" + domain, From: c.From.Address, To: to, Subject: subject, Text: text, HTML: html}
	msg, err := c.mime(m, Rendered{Locale: "en"}, ref, now)
	if err != nil {
		return nil, fmt.Errorf("compose test mail: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("compose test mail: %w", err)
	}
	m.Raw = raw.Bytes()
	if c.Signer != nil {
		m.Raw, err = c.Signer.Sign(m.Raw)
	}
	return m, err
}
