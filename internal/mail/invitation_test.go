package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"idp/internal/mail"
	"idp/internal/words"
)

// An invitation keeps the rules of letters in every language, and says for whom
// it is and until when it works.
func TestInvitationInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"Notes", "", "B\u00fcro & S\u00f6hne <Test> with a rather long name"} {
		o := newOffice(t, mail.Server{Port: 1, Security: mail.Plain})
		client := ""
		if app != "" {
			client = o.addClient(t, app)
		}
		for _, locale := range words.Locales() {
			i := mail.SampleInvitation(client, "ada@example.com", locale, o.now)
			msg, err := o.worker.Compose.ComposeInvitation(i, o.now)
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, msg.Raw)
			m, err := netmail.ReadMessage(strings.NewReader(msg.Raw))
			if err != nil {
				t.Fatal(err)
			}
			text, html := parts(t, m)
			until := i.Ends.UTC().Format("2006-01-02 15:04 UTC")
			for form, body := range map[string]string{"text": text, "HTML": html} {
				plain := strings.Join(strings.Fields(body), " ")
				if !strings.Contains(plain, "ada@example.com") || !strings.Contains(plain, until) || strings.Contains(body, "<Test>") != (form == "text" && strings.Contains(app, "<")) {
					t.Errorf("%s, %q, %s:\n%s", locale, app, form, body)
				}
			}
			for _, bad := range []string{"<img", "<script", "<link", "url("} {
				if strings.Contains(html, bad) {
					t.Errorf("%s: the HTML contains %s", locale, bad)
				}
			}
			if err := o.worker.Compose.CheckInvitation(client, locale, o.now); err != nil {
				t.Errorf("%s: %v", locale, err)
			}
		}
	}
}
