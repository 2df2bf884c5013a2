package login_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/secret"
	"idp/internal/webhook"
)

var bounceKey = secret.TokenOf(strings.Repeat("b", 32))

// reporting adds a provider whose reports are taken.
func reporting(c *config.Config) {
	c.Mail.Providers = []config.Provider{{Name: "backup", SMTP: c.Mail.SMTP, BounceSecret: config.Known(bounceKey)}}
}

// report posts what a provider says of a mail.
func report(t *testing.T, p *apptest.Provider, mail apptest.Mail, to, status string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"type": "mail.bounced", "data": map[string]string{"message_id": mail.MessageID, "recipient": to, "status": status}})
	if err != nil {
		t.Fatal(err)
	}
	req := p.Browser().NewRequest(http.MethodPost, "/mail/bounces/backup", nil)
	req.Header.Set("Content-Type", "application/json")
	webhook.Sign(req.Header, bounceKey, "m1", p.Clock.Now(), body)
	req.Body, req.ContentLength = readCloser{bytes.NewReader(body)}, int64(len(body))
	if page := p.Browser().Do(req); page.Status != http.StatusNoContent {
		t.Fatalf("the report: %s", page)
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// status is what the page's script is told, as one sentence without its time.
func status(t *testing.T, b *apptest.Browser, wait *apptest.Page) (state, text string) {
	t.Helper()
	var s struct{ State, Text, At, Rest string }
	if err := json.Unmarshal([]byte(b.Get(wait.URL.Path+"/status").Body), &s); err != nil {
		t.Fatal(err)
	}
	return s.State, s.Text + s.At + s.Rest
}

// A mail that comes back is told at once, on the page and to its script, with what
// to do next; the next sign-in hears that the mailbox refused, and when.
func TestMailThatComesBack(t *testing.T) {
	p := one(t, apptest.Configure(reporting))
	b := p.Browser()
	wait, mail := ask(b, ada)
	if state, text := status(t, b, wait); state != "accepted" || !strings.Contains(text, "took the mail at") {
		t.Errorf("before: %s, %s", state, text)
	}
	report(t, p, mail, ada, "5.1.1")
	state, text := status(t, b, wait)
	page := b.Open(wait.URL.Path)
	if state != "refused" || !strings.Contains(text, "no mailbox") || !strings.Contains(page.Text(), text) {
		t.Errorf("after: %s, %s; the page says %s", state, text, page.Text())
	}
	if !strings.Contains(page.Body, `id="change"`) || !page.HasForm(wait.URL.Path+"/resend") {
		t.Error("the page offers neither another address nor another mail")
	}
	if other, _ := status(t, p.Browser(), wait); other == "refused" {
		t.Error("another browser is told too")
	}

	day := p.Clock.Now().UTC().Format("2006-01-02")
	p.Clock.Advance(time.Hour)
	next := p.Browser()
	wait = next.Submit(next.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", ada))
	for state = ""; state != "refused" && t.Context().Err() == nil; p.Clock.Advance(time.Second) {
		state, text = status(t, next, wait)
	}
	if !strings.Contains(text, "refused our last mail, of "+day) {
		t.Errorf("the next sign-in: %s", text)
	}
}

// Reports are taken only where somebody may sign them.
func TestNoReportsWithoutSecret(t *testing.T) {
	p := one(t)
	if page := p.Browser().Post("/mail/bounces/smtp", nil); page.Status != http.StatusNotFound {
		t.Errorf("%s", page)
	}
}
