package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// Somebody who got into the mailbox, or talked a code out of its owner, does not
// stay unseen: the owner hears of the new browser, and signs it out with one press.
func TestNoticeOfANewBrowser(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		own, thief, r := p.Browser(), p.Browser(), apptest.Offline(apptest.Web)
		own.SignIn(r, ada) // the first sign-in of all is no news
		after := p.Inbox.Last()
		p.Clock.Advance(time.Minute)
		thief.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")
		tokens := p.Redeem(r, thief.SignIn(r, ada).Code())
		m := p.NextNotice(after, ada)
		if m.Subject != "A new device signed in as you" || !strings.Contains(m.Text, "Chrome on Windows") || !strings.Contains(m.Text, "Web") {
			t.Errorf("the notice is %q:\n%s", m.Subject, m.Text)
		}
		link := linkTo(t, p, m.Text, "/n/")
		if !strings.Contains(m.HTML, `href="`+p.URL+link+`"`) {
			t.Error("its HTML leads elsewhere")
		}
		shows(t, "opened", p.Browser().Get(link), http.StatusOK, "Was it not you?")
		if !isSignedIn(thief) {
			t.Fatal("opening the link signed somebody out")
		}
		reader := p.Browser()
		shows(t, "pressed as it came, as scanners do", reader.Submit(reader.Open(link).Form(link)), http.StatusOK, "Which address did the mail go to?")
		if !isSignedIn(thief) {
			t.Fatal("a press that looks like a program's signed somebody out")
		}
		p.Clock.Advance(time.Minute)
		shows(t, "pressed", reader.Submit(reader.Open(link).Form(link)), http.StatusOK, "cancelled")
		if isSignedIn(thief) || !isSignedIn(own) {
			t.Error("the thief is signed in, or the owner is not")
		}
		if got := p.Refresh(apptest.Web, tokens.Refresh(), ""); got.Fault() != "invalid_grant" {
			t.Errorf("the thief's refresh token: %s", got)
		}
	})
}

// A browser that is known for the address is no news, and neither is anything if
// the administrator wants no notices.
func TestNoNoticeOfWhatIsKnown(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]apptest.Option{
		"a known browser": nil,
		"switched off":    {apptest.Configure(func(c *config.Config) { c.Login.Notices = false })},
		"nobody is known": {apptest.Configure(func(c *config.Config) { c.Login.KnownBrowserTTL = 0 })},
	} {
		t.Run(name, func(t *testing.T) {
			p := one(t, opts...)
			b := p.Browser()
			b.SignIn(apptest.NewRequest(apptest.Web), ada)
			p.Clock.Advance(time.Minute)
			if name != "a known browser" {
				b = p.Browser()
			}
			b.SignIn(apptest.NewRequest(apptest.Web).With("prompt", "login"), ada)
			if _, n := p.Inbox.Find("to:"+ada, 0, 1); n != 2 {
				t.Errorf("%d mails, want 2", n)
			}
		})
	}
}

// Who ends other people's sessions leaves a trace in the mailbox.
func TestNoticeOfEndedSessions(t *testing.T) {
	p := one(t)
	p.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
	p.Clock.Advance(time.Minute)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	p.NextNotice(0, ada) // of the second browser
	after := p.Inbox.Last()
	b.Submit(b.Open("/account/sessions/end-others").Form("/account/sessions/end-others"))
	if m := p.NextNotice(after, ada); m.Subject != "Sessions of yours were ended" || !strings.Contains(m.Text, "/account") {
		t.Errorf("the notice is %q:\n%s", m.Subject, m.Text)
	}
	_, before := p.Inbox.Find("to:"+ada, 0, 1)
	b.Post("/account/sessions/end-others", nil) // of which there are none left
	if _, now := p.Inbox.Find("to:"+ada, 0, 1); now != before {
		t.Error("there was a notice of nothing")
	}
}

// Somebody guesses: the owner hears of it once, and that nothing happened. Of an
// address that nobody ever proved, nobody hears.
func TestNoticeOfWrongCodes(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Limits.WrongPerAddress.Max, c.Login.CodeAttempts, c.Login.ChallengeAttempts = 4, 9, 9
	}))
	p.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
	p.Clock.Advance(time.Minute)
	after := p.Inbox.Last()
	for _, email := range []string{ada, "nobody@example.com"} {
		b := p.Browser()
		wait, mail := ask(b, email)
		for range 8 {
			b.Post(wait.URL.Path, url.Values{"code": {wrong(mail.Code)}})
		}
	}
	if m := p.NextNotice(after, ada); m.Subject != "Many wrong codes for your address" {
		t.Errorf("the notice is %q:\n%s", m.Subject, m.Text)
	}
	if _, n := p.Inbox.Find("to:"+ada, 0, 1); n != 3 {
		t.Errorf("%d mails to the owner, want two sign-ins and one notice", n)
	}
	if _, n := p.Inbox.Find("to:nobody@example.com", 0, 1); n != 1 {
		t.Errorf("%d mails to somebody who never signed in", n)
	}
}

// linkTo is the path of the first link in a text that begins with prefix.
func linkTo(t *testing.T, p *apptest.Provider, text, prefix string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, p.URL+prefix)
	if !found {
		t.Fatalf("there is no link to %s in:\n%s", prefix, text)
	}
	return prefix + strings.Fields(rest)[0]
}
