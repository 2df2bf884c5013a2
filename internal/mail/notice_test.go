package mail_test

import (
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/words"
)

// Notices go over the wire as letters of sign-ins do, in every language, lead to
// one place, and carry no code.
func TestNoticesInEveryLanguage(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
	client := o.addClient(t, "Notes")
	for template, link := range map[magiclink.Template]string{
		magiclink.NewBrowser: sampleCancel, magiclink.SessionsEnded: "https://login.example.com/account", magiclink.WrongCodes: "https://login.example.com/account",
	} {
		for _, locale := range words.Locales() {
			t.Run(string(template)+", "+locale, func(t *testing.T) {
				claim := mail.Sample(client, "ada@example.com", locale, o.now)
				claim.Letter.Template = template
				msg, err := o.worker.Compose.Compose(claim, o.now)
				if err != nil {
					t.Fatal(err)
				}
				checkWire(t, msg.Raw)
				m, err := netmail.ReadMessage(strings.NewReader(msg.Raw))
				if err != nil {
					t.Fatal(err)
				}
				if got := m.Header.Get("Content-Language"); got != locale {
					t.Errorf("Content-Language %q", got)
				}
				if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject == "" || strings.ContainsAny(subject, "{}*") {
					t.Errorf("subject %q, %v", subject, err)
				}
				text, html := parts(t, m)
				if !strings.Contains(text, "\n"+link+"\n") || strings.Count(html, `href="`+link+`"`) != 2 {
					t.Errorf("the link %s is not where it should be:\n%s\n%s", link, text, html)
				}
				for _, part := range []string{text, html} {
					if strings.Contains(part, "123456") || strings.Contains(part, sampleLink) || !strings.Contains(part, "UTC") {
						t.Errorf("a secret is in it, or no time:\n%s", part)
					}
				}
				if !strings.Contains(html, `<html lang="`+locale+`"`) || strings.Contains(html, "src=") || strings.Contains(html, "url(") || !strings.Contains(html, "prefers-color-scheme: dark") {
					t.Error("language, resources or dark mode of the HTML")
				}
			})
		}
	}
}

// A notice that a server puts off is tried for its day, and not pressed; it arrives
// when it may.
func TestNoticeThatIsPutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		well        time.Duration // after which the server takes it
		least, most int           // tries
	}{
		"an hour": {time.Hour, 9, 12}, "all day": {25 * time.Hour, 40, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{}}
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
			id := o.askFor(t, "ada@example.com", "b")
			o.try(t)
			code := codeIn.FindStringSubmatch(s.mails[0])[1]
			if _, _, err := o.login.SubmitCode(t.Context(), id, code, ada); err != nil {
				t.Fatal(err)
			}
			if err := o.login.Notify(t.Context(), magiclink.Notice{Template: magiclink.SessionsEnded, Email: "ada@example.com"}); err != nil {
				t.Fatal(err)
			}
			s.set("RCPT", "452 4.2.2 full")
			before, well := s.times("RCPT"), o.now.Add(c.well)
			for {
				next, err := o.store.NextLetterAt(t.Context(), o.now)
				if err != nil {
					t.Fatal(err)
				}
				if next.IsZero() {
					break
				}
				if o.now = next; !next.Before(well) {
					s.set("RCPT", "")
				}
				o.try(t)
			}
			if n := s.times("RCPT") - before; n < c.least || n > c.most {
				t.Errorf("%d tries, want %d to %d", n, c.least, c.most)
			}
			if arrived := len(s.ids()) == 2; arrived != (c.well < 24*time.Hour) {
				t.Errorf("arrived: %v", arrived)
			}
		})
	}
}
