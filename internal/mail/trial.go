package mail

import "time"

// Trial is a message in the shape of a letter, with words of its own: what idp
// doctor sends. It is signed as letters are; ref stands where theirs does.
func (c *Composer) Trial(to, ref, subject, text, html string, now time.Time) (*Message, error) {
	return c.once(Rendered{Locale: "en", Subject: subject, Text: text, HTML: html}, to, ref, now)
}
