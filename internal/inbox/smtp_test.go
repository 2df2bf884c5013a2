package inbox

import (
	"bytes"
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"slices"
	"testing"

	"github.com/wneessen/go-mail"
)

func TestSMTPTakesAnyMail(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	addr := newSMTPAddr(t, store)
	_, raw := newMail("a@example.com", "hello")
	if err := smtp.SendMail(addr, nil, "", []string{"a@example.com", "b@example.test"}, raw); err != nil {
		t.Fatal(err)
	}
	m, err := store.Next(t.Context(), 0, "to:b@example.test")
	if err != nil {
		t.Fatal(err)
	}
	if m.Envelope.From != "" || !slices.Equal(m.Envelope.To, []string{"a@example.com", "b@example.test"}) {
		t.Errorf("envelope %+v", m.Envelope)
	}
	if !bytes.Equal(m.Raw, raw) {
		t.Errorf("stored %q, want %q", m.Raw, raw)
	}
}

// TestSMTPFromAMailer uses the library the provider sends with.
func TestSMTPFromAMailer(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	addr := newSMTPAddr(t, store)
	host, port := splitHostPort(t, addr)
	letter := mail.NewMsg()
	if err := errors.Join(letter.FromFormat("Ünï", "idp@example.com"), letter.To("a@example.com")); err != nil {
		t.Fatal(err)
	}
	letter.Subject("Dein Anmelde-Link für die Prüfung")
	letter.SetBodyString(mail.TypeTextPlain, "Grüße\nhttps://example.com/?a=1&b=2\n")
	letter.AddAlternativeString(mail.TypeTextHTML, "<p>Grüße = ✓</p>")
	client, err := mail.NewClient(host, mail.WithPort(port), mail.WithTLSPolicy(mail.NoTLS))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.DialAndSendWithContext(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	m, err := store.Next(t.Context(), 0, "to:a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Dein Anmelde-Link für die Prüfung" || m.From.Name != "Ünï" ||
		m.Text != "Grüße\r\nhttps://example.com/?a=1&b=2\r\n" || m.HTML != "<p>Grüße = ✓</p>" {
		t.Errorf("from %v, subject %q, text %q, html %q", m.From, m.Subject, m.Text, m.HTML)
	}
}

func TestSMTPKeepsMailsOfOneConnectionApart(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	client, err := smtp.Dial(newSMTPAddr(t, store))
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"a@example.com", "b@example.com"} {
		envelope, raw := newMail(to, "hello")
		w, err := begin(client, envelope)
		if err == nil {
			_, err = w.Write(raw)
		}
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Quit(); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"a@example.com", "b@example.com"} {
		if page, total := store.Find("to:"+to, 0, 10); total != 1 || len(page[0].Envelope.To) != 1 {
			t.Errorf("%s has %d mails", to, total)
		}
	}
}

func TestSMTPLimits(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{MessageBytes: 1000})
	addr := newSMTPAddr(t, store)
	tests := []struct {
		name string
		to   int
		size int
		code int
	}{
		{"too large", 1, 1001, 552},
		{"too many recipients", 101, 10, 452},
		{"within both", 100, 900, 0},
	}
	for _, test := range tests {
		to := make([]string, test.to)
		for i := range to {
			to[i] = fmt.Sprintf("user%d@example.com", i)
		}
		err := smtp.SendMail(addr, nil, "idp@example.com", to, bytes.Repeat([]byte("x"), test.size))
		var refused *textproto.Error
		if errors.As(err, &refused); test.code == 0 && err != nil || test.code != 0 && (refused == nil || refused.Code != test.code) {
			t.Errorf("%s: %v, want code %d", test.name, err, test.code)
		}
	}
	if store.Len() != 1 {
		t.Errorf("%d mails kept, want the one within the limits", store.Len())
	}
}
