package inbox

import (
	"cmp"
	"net/mail"
	"time"
)

// messageList is Mailpit's MessagesSummary.
type messageList struct {
	Total          int              `json:"total"`
	Unread         int              `json:"unread"`
	Count          int              `json:"count"`
	MessagesCount  int              `json:"messages_count"`
	MessagesUnread int              `json:"messages_unread"`
	Start          int              `json:"start"`
	Tags           []string         `json:"tags"`
	Messages       []messageSummary `json:"messages"`
}

// messageHead is what Mailpit's MessageSummary and Message share.
type messageHead struct {
	ID        string
	MessageID string
	From      *mail.Address
	To        []*mail.Address
	Cc        []*mail.Address
	Bcc       []*mail.Address
	ReplyTo   []*mail.Address
	Subject   string
	Tags      []string
	Size      int
}

type messageSummary struct {
	messageHead
	Read        bool
	Created     time.Time
	Attachments int
	Snippet     string
}

type messageJSON struct {
	messageHead
	ReturnPath  string
	Date        time.Time
	Text        string
	HTML        string
	Inline      []Attachment
	Attachments []Attachment
}

func newMessageList(messages []*Message, total, matching, start int) messageList {
	list := messageList{
		Total: total, Unread: total,
		Count:         len(messages),
		MessagesCount: matching, MessagesUnread: matching,
		Start: start, Tags: []string{}, Messages: []messageSummary{},
	}
	for _, m := range messages {
		list.Messages = append(list.Messages, messageSummary{
			messageHead: newMessageHead(m),
			Created:     m.ReceivedAt,
			Attachments: len(m.Attachments),
			Snippet:     snippet(m),
		})
	}
	return list
}

func newMessageJSON(m *Message) messageJSON {
	return messageJSON{
		messageHead: newMessageHead(m),
		ReturnPath:  cmp.Or(m.Envelope.From, m.From.Address),
		Date:        m.SentAt,
		Text:        m.Text,
		HTML:        m.HTML,
		Inline:      orEmpty(m.Inline),
		Attachments: orEmpty(m.Attachments),
	}
}

func newMessageHead(m *Message) messageHead {
	return messageHead{
		ID: m.ID, MessageID: m.MessageID,
		From: m.From, To: orEmpty(m.To), Cc: orEmpty(m.Cc), Bcc: orEmpty(m.Bcc), ReplyTo: orEmpty(m.ReplyTo),
		Subject: m.Subject, Tags: []string{}, Size: len(m.Raw),
	}
}

// orEmpty makes a nil slice an empty JSON array: Mailpit never answers null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
