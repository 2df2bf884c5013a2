package login_test

import (
	"encoding/json"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
	"idp/internal/words"
)

// Every page speaks the language of its reader, says so, and in the right
// direction.
func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, locale := range words.Locales() {
		t.Run(locale, func(t *testing.T) {
			p := one(t)
			p.Language = locale
			for what, page := range everyPage(t, p) {
				lang, dir := "", ""
				for name, attrs := range page.Elements {
					if name == "html" {
						lang, dir = attrs["lang"], attrs["dir"]
					}
				}
				if want := map[bool]string{true: "rtl", false: "ltr"}[locale == "ar"]; lang != locale || dir != want {
					t.Errorf("%s: language %s, direction %s", what, lang, dir)
				}
				if page.Header.Get("Content-Language") != locale || page.Header.Get("Vary") != "Accept-Language" {
					t.Errorf("%s: headers %v", what, page.Header)
				}
				if same := page.Heading() == promised[what].heading; same != (locale == "en") {
					t.Errorf("%s: the heading is %s", what, page.Heading())
				}
				if strings.Contains(page.Body, "ZgotmplZ") {
					t.Errorf("%s: the template filtered a value", what)
				}
			}
		})
	}
}

// What the application asks for comes first, then the person's own language, then
// the browser's. It stays with the sign-in and its letter wherever they are read.
func TestChoiceOfTheLanguage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		p.Language = "fr-CA,fr;q=0.9"
		b := p.Browser()
		shows(t, "what the browser reads", b.Open("/login"), 200, "Se connecter")
		wait, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Web).With("ui_locales", "se de-AT ja")), ada)
		shows(t, "what the application asks for", wait, 200, "Sechsstelliger Code")
		if !strings.HasSuffix(mail.Subject, " ist Ihr Code für Web") || !strings.Contains(mail.HTML, `lang="de"`) {
			t.Errorf("the letter: %s", mail.Subject)
		}
		p.Language = "pl"
		shows(t, "at another browser", p.Browser().Open(mail.Link), 200, "Auf diesem Gerät anmelden?")
		finished(t, "the code", b.EnterCode(wait, mail.Code))
		account := b.Open("/account")
		shows(t, "the person's own", account, 200, "Ihr Konto", "dieser Browser", "Firefox auf Linux")
		shows(t, "the application's again", b.Authorize(apptest.NewRequest(apptest.Once).With("ui_locales", "ar")), 200, "هل تسمح للتطبيق Once؟")
		shows(t, "a problem", b.Open("/nothing"), 404, "Il n’y a rien ici")
	})
}

// The script of the waiting page gets its words from the server, in the language
// of the page.
func TestStatusSpeaksToo(t *testing.T) {
	p := one(t)
	p.Language = "nl"
	b := p.Browser()
	wait, _ := b.Ask(b.Open("/login"), ada)
	var s struct{ Text, Rest string }
	if err := json.Unmarshal([]byte(b.Get(wait.URL.Path+"/status").Body), &s); err != nil {
		t.Fatal(err)
	}
	if s.Text != "De mailserver heeft de e-mail om " || s.Rest != " aangenomen. Hij is zo bij u." {
		t.Errorf("%+v", s)
	}
	if again := wait.Attr("resend", "data-countdown-text"); again != "Opnieuw versturen over %" {
		t.Errorf("the countdown says %q", again)
	}
}

// Who may not sign in sees the same pages in the same language.
func TestDecoySpeaksTheSameLanguage(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Configure(func(c *config.Config) { c.Signup.Mode = "closed" }))
	p.Language = "it"
	b := p.Browser()
	wait := b.Submit(b.Open("/login").Form("/login").Set("email", bob))
	shows(t, "the decoy", wait, 200, "Controlli la posta", "Codice di sei cifre")
	shows(t, "a wrong code", b.EnterCode(wait, "123456"), 422, "Il codice non è giusto.")
}
