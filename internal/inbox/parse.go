package inbox

import (
	"bytes"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// parse never fails: a mail it cannot read as one is shown as plain text, for
// a mailbox that hides broken mail is no help in finding out why it is broken.
func parse(envelope Envelope, raw []byte, receivedAt time.Time) *Message {
	m := &Message{
		Envelope: envelope, Raw: raw, ReceivedAt: receivedAt, SentAt: receivedAt,
		Header: mail.Header{}, From: &mail.Address{Address: envelope.From},
	}
	source, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Text = toUTF8(raw, "")
	} else {
		m.Header = source.Header
		m.readHeader()
		body := bodyReader{message: m}
		body.walk(textproto.MIMEHeader(source.Header), source.Body, nil)
	}
	m.addBlindCopies()
	return m
}

func (m *Message) readHeader() {
	m.Fields = headerFields(m.Raw)
	m.Subject = decodeHeader(m.Header.Get("Subject"))
	m.MessageID = strings.Trim(m.Header.Get("Message-Id"), "<> ")
	if from := parseAddresses(m.Header.Get("From")); len(from) > 0 {
		m.From = from[0]
	}
	m.To = parseAddresses(m.Header.Get("To"))
	m.Cc = parseAddresses(m.Header.Get("Cc"))
	m.Bcc = parseAddresses(m.Header.Get("Bcc"))
	m.ReplyTo = parseAddresses(m.Header.Get("Reply-To"))
	if sentAt, err := m.Header.Date(); err == nil {
		m.SentAt = sentAt
	}
}

// addBlindCopies names the recipients that only the envelope knows.
func (m *Message) addBlindCopies() {
	for _, recipient := range m.Envelope.To {
		named := slices.ContainsFunc(m.Recipients(), func(a *mail.Address) bool {
			return strings.EqualFold(a.Address, recipient)
		})
		if !named {
			m.Bcc = append(m.Bcc, &mail.Address{Address: recipient})
		}
	}
}
