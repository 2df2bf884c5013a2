package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"idp/internal/magiclink"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/webhook"
)

// HookTimeout bounds one request to a hook.
const HookTimeout = connectTimeout + envelopeTimeout

// Hook hands messages to a program, as JSON that package webhook signs. It is a
// Sender.
type Hook struct {
	url string
	key secret.Token
	out *outbound.Client
	now func() time.Time
}

// NewHook makes a Hook; nothing is asked yet.
func NewHook(url string, key secret.Token, out *outbound.Client, now func() time.Time) *Hook {
	return &Hook{url, key, out, now}
}

// hooked is what the program gets. Its docs are in docs/mail.md.
type hooked struct {
	Type    string `json:"type"` // mail.send
	ID      string `json:"id"`
	From    string `json:"from"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	Headers string `json:"headers"`
}

// Send posts one message. 2xx is accepted, 5xx and 429 mean later, and every
// other answer that the program does not want it: then its JSON may say in
// "status" (RFC 3463) that there is no such mailbox.
func (h *Hook) Send(ctx context.Context, m *Message) error {
	headers, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	text, html := m.Parts()
	body, err := json.Marshal(hooked{"mail.send", m.ID, m.From, m.To, m.Subject, text, html, headers + "\r\n"})
	if err != nil {
		return fmt.Errorf("hand over mail: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("hand over mail: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	webhook.Sign(req.Header, h.key, m.ID, h.now(), body)
	answer, err := h.out.Do(req)
	var network *net.OpError
	switch {
	case answer != nil: // the status counts, whatever became of the body
		return heard(answer)
	case errors.Is(err, outbound.ErrForbidden), errors.As(err, &network) && network.Op == "dial":
		return at(req.URL.Host, err) // it has not got the message
	case untrusted(err):
		return at(req.URL.Host, err)
	default:
		return unanswered(err)
	}
}

// heard says what a program's answer means.
func heard(a *outbound.Answer) error {
	f := &Failure{Reply: fmt.Sprintf("answered %d", a.Status)}
	switch {
	case a.Status >= 200 && a.Status <= 299:
		return nil
	case a.Status >= 500, a.Status == http.StatusTooManyRequests:
		f.Verdict, f.Reason = Later, magiclink.Busy
		return f
	}
	f.Verdict, f.Reason = Unwanted, magiclink.Policy
	var said struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(a.Body, &said) == nil && enhanced.MatchString(said.Status) && mailboxStatus(said.Status) {
		f.Verdict, f.Reason, f.Reply = Final, ReasonOf(said.Status), f.Reply+" "+said.Status
	}
	return f
}

// Close has nothing to do: idle connections end by themselves.
func (h *Hook) Close() {}
