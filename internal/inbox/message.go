package inbox

import (
	"net/mail"
	"slices"
	"time"
)

// Envelope is what the SMTP client said about a mail, whatever its header claims.
type Envelope struct {
	From string   // MAIL FROM, empty for a bounce
	To   []string // RCPT TO, in the order given
}

// Message is one accepted mail, parsed once when it arrives. Readers share it:
// treat it as read-only.
type Message struct {
	ID         string // random and opaque
	Seq        uint64 // rises with every mail the store takes, never reused
	Envelope   Envelope
	ReceivedAt time.Time
	Raw        []byte

	Header  mail.Header // canonical names, values as sent
	Fields  []Field     // the same, decoded and in the order sent
	Subject string
	From    *mail.Address
	To      []*mail.Address
	Cc      []*mail.Address
	Bcc     []*mail.Address // the header's, and recipients no header names
	ReplyTo []*mail.Address

	MessageID string    // without the angle brackets
	SentAt    time.Time // the Date header, or ReceivedAt where it has none

	Text        string
	HTML        string
	Inline      []Attachment
	Attachments []Attachment
}

// Field is one header line, unfolded and decoded.
type Field struct{ Name, Value string }

// Attachment describes a part that is neither the text nor the HTML of a mail.
// Its content stays in the source of the message.
type Attachment struct {
	PartID      string // place in the MIME tree: "2" or "1.3"
	FileName    string
	ContentType string
	ContentID   string
	Size        int // bytes, after decoding
}

// Recipients returns everybody the mail is for: To, Cc and Bcc.
func (m *Message) Recipients() []*mail.Address {
	return slices.Concat(m.To, m.Cc, m.Bcc)
}
