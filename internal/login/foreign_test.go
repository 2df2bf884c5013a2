package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// A press that looks like a program's, because nobody reads that fast or because
// it says so, needs the one thing that only a person knows: whose mail it is.
func TestWhoPressesLikeAProgramSaysWhoFor(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, change := range map[string]func(b *apptest.Browser) time.Duration{
			"too fast":  func(*apptest.Browser) time.Duration { return 0 },
			"no script": func(*apptest.Browser) time.Duration { return time.Minute },
			"headless": func(b *apptest.Browser) time.Duration {
				b.Header.Set("User-Agent", strings.Replace(apptest.UserAgent, "Firefox", "HeadlessChrome", 1))
				return time.Minute
			},
		} {
			b, phone := p.Browser(), p.Browser()
			_, mail := ask(b, ada)
			pause, at := change(phone), path(t, mail.Link)
			press := func(email string) *apptest.Page {
				form := url.Values{"nonce": {phone.Open(mail.Link).Form(at).Values.Get("nonce")}, "email": {email}, "gesture": {"seen"}}
				if what == "no script" {
					form.Del("gesture")
				}
				p.Clock.Advance(pause)
				return phone.Post(at, form)
			}
			asks := press("")
			if asks.Location() != at+"?for=whom" || isSignedIn(phone) {
				t.Errorf("%s: %s", what, asks)
			}
			shows(t, what, phone.Follow(asks), http.StatusOK, "Which address did the mail go to?")
			shows(t, what+", wrong", phone.Follow(press(bob)), http.StatusOK, "did not go to that address")
			if isSignedIn(phone) {
				t.Errorf("%s: signed in with a wrong address", what)
			}
			if press(" Ada@Example.com "); !isSignedIn(phone) {
				t.Errorf("%s: not signed in with the right address", what)
			}
		}
	})
}

// An installation, or an application, can ask for the address always, or have
// links that sign in nowhere else at all.
func TestForeignLinksAsConfigured(t *testing.T) {
	p := one(t, apptest.Clients(`
  - {id: asks, name: Asks, secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"], redirect_uris: [https://asks.example.com/cb], foreign_links: confirm_email}
  - {id: codes, name: Codes, secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"], redirect_uris: [https://codes.example.com/cb], foreign_links: code_only}
`))
	mailFor := func(client string) (*apptest.Browser, *apptest.Page, apptest.Mail) {
		b := p.Browser()
		wait, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Confidential(client)).With("redirect_uri", "https://"+client+".example.com/cb")), ada)
		return b, wait, mail
	}
	_, _, mail := mailFor("asks")
	phone := p.Browser()
	page := phone.Open(mail.Link)
	shows(t, "asks", page, http.StatusOK, "Which address did the mail go to?")
	phone.Submit(page.Form(path(t, mail.Link)))
	if isSignedIn(phone) {
		t.Error("signed in without an address")
	}
	phone.Submit(phone.Open(mail.Link).Form(path(t, mail.Link)).Set("email", ada))
	if !isSignedIn(phone) {
		t.Error("not signed in with the address")
	}

	b, wait, mail := mailFor("codes")
	page = phone.Open(mail.Link)
	shows(t, "codes", page, http.StatusOK, "The link signs in nowhere else")
	if page.HasForm(path(t, mail.Link)) {
		t.Error("there is a form that cannot do anything")
	}
	p.Clock.Advance(time.Minute)
	stranger := p.Browser()
	stranger.Open(mail.Link)
	if posted := stranger.Post(path(t, mail.Link), url.Values{"nonce": {"x"}, "email": {ada}}); posted.Status != http.StatusSeeOther || isSignedIn(stranger) {
		t.Errorf("a made-up post: %s", posted)
	}
	finished(t, "the code", b.EnterCode(wait, mail.Code))

	// The same setting holds for "this was not me".
	_, _, mail = mailFor("asks")
	p.Clock.Advance(time.Minute)
	form := phone.Open(mail.NotMe).Form(path(t, mail.NotMe))
	shows(t, "not me, asks", phone.Submit(form), http.StatusOK, "Which address did the mail go to?")
	shows(t, "not me, said", phone.Submit(form.Set("email", ada)), http.StatusOK, "This sign-in is cancelled")
}

// Where the address signed in before, the page does not warn of strangers.
func TestLinkInABrowserThatIsKnown(t *testing.T) {
	p := one(t)
	b, known := p.Browser(), p.Browser()
	known.SignIn(apptest.NewRequest(apptest.Web), ada)
	known.Post("/logout", nil)
	_, mail := ask(b, ada)
	page := known.Open(mail.Link)
	shows(t, "known", page, http.StatusOK, "You asked for this mail in another browser", ada)
	known.Submit(page.Form(path(t, mail.Link)))
	if !isSignedIn(known) || isSignedIn(b) {
		t.Error("the link signs in where it is pressed, and only there")
	}
}

// Somebody else's session in a foreign browser does not end without a word.
func TestForeignLinkNamesWhoIsSignedIn(t *testing.T) {
	p := one(t)
	b, bobs := p.Browser(), p.Browser()
	bobs.SignIn(apptest.NewRequest(apptest.Web), bob)
	_, mail := ask(b, ada)
	shows(t, "Bob's browser", bobs.Open(mail.Link), http.StatusOK, "This browser is signed in as bob@example.com", "end here")
}
