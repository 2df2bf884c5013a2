package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// disown is the form behind "this was not me", when somebody who did not wait for
// the mail has found it.
func disown(t *testing.T, p *apptest.Provider, reader *apptest.Browser, mail apptest.Mail) *apptest.Form {
	t.Helper()
	p.Clock.Advance(time.Minute)
	return reader.Open(mail.NotMe).Form(path(t, mail.NotMe))
}

// Whoever gets a mail that they did not ask for ends the sign-in with one press:
// its link, its code, its page, and the patience for whoever asked. Opening the
// page ends nothing, because scanners do that too.
func TestNotMeCancelsTheSignIn(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, reader := p.Browser(), p.Browser()
		wait, mail := ask(b, ada)
		if mail.NotMe == "" || len(mail.NotMe) > 76 {
			t.Fatalf("the mail's link is %q", mail.NotMe)
		}
		shows(t, "opened", reader.Get(mail.NotMe), http.StatusOK, "Was it not you?", ada)
		shows(t, "the waiting page still", b.Get(wait.URL.Path), http.StatusOK, "Check your mail")
		form := disown(t, p, reader, mail)
		shows(t, "pressed", reader.Submit(form), http.StatusOK, "cancelled")
		shows(t, "twice is as good as once", reader.Submit(form), http.StatusOK, "cancelled")
		shows(t, "opened again", reader.Get(mail.NotMe), http.StatusOK, "This sign-in is cancelled")
		shows(t, "the waiting page", b.Get(wait.URL.Path), http.StatusGone, "This sign-in was cancelled", "Start again")
		shows(t, "the status", b.Get(wait.URL.Path+"/status"), http.StatusGone)
		shows(t, "the code", b.Follow(b.Post(wait.URL.Path, url.Values{"code": {mail.Code}})), http.StatusGone, "cancelled")
		shows(t, "another mail", b.Follow(b.Post(wait.URL.Path+"/resend", nil)), http.StatusGone, "cancelled")
		shows(t, "the link", b.Get(mail.Link), http.StatusGone, "cancelled")
		shows(t, "the link, pressed", b.Post(path(t, mail.Link), nil), http.StatusGone, "cancelled")
		if isSignedIn(b) {
			t.Error("the browser that asked is signed in")
		}
		next := b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", ada))
		shows(t, "the next try of whoever asked", next, http.StatusTooManyRequests)
		p.Clock.Advance(time.Hour)
		_, mail = ask(b, ada)
		finished(t, "an hour later", b.PressLink(mail.Link))
	}, apptest.ProductLimits())
}

// Somebody talked the code out of the mailbox's owner: what was made with it ends,
// in the browser and at the application.
func TestNotMeEndsTheSession(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		thief, foreign, r := p.Browser(), p.Browser(), apptest.Offline(apptest.Web)
		wait, mail := thief.Ask(thief.Authorize(r), ada)
		foreign.Submit(foreign.Get(mail.Link).Form(path(t, mail.Link)))
		tokens := p.Redeem(r, thief.EnterCode(wait, mail.Code).MustAnswer().Code())
		for what, b := range map[string]*apptest.Browser{"thief": thief, "foreign": foreign} {
			if !isSignedIn(b) {
				t.Fatal(what + " is not signed in")
			}
		}
		reader := p.Browser()
		shows(t, "pressed", reader.Submit(disown(t, p, reader, mail)), http.StatusOK, "cancelled")
		for what, b := range map[string]*apptest.Browser{"thief": thief, "foreign": foreign} {
			if isSignedIn(b) {
				t.Error(what + " is still signed in")
			}
		}
		if got := p.Get("/userinfo", tokens.Access()); got.Status != http.StatusUnauthorized {
			t.Errorf("the access token: %s", got)
		}
		if got := p.Refresh(apptest.Web, tokens.Refresh(), ""); got.Fault() != "invalid_grant" {
			t.Errorf("the refresh token: %s", got)
		}
	})
}

// What the thief allowed while they were in is not allowed: the application would get
// codes in silence at the owner's next visit. What the owner allowed before stays.
func TestNotMeTakesBackWhatWasAllowed(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for way, prove := range map[string]func(thief *apptest.Browser, wait *apptest.Page, mail apptest.Mail) *apptest.Page{
			"code": func(thief *apptest.Browser, wait *apptest.Page, mail apptest.Mail) *apptest.Page {
				return thief.EnterCode(wait, mail.Code)
			},
			"link elsewhere": func(thief *apptest.Browser, _ *apptest.Page, mail apptest.Mail) *apptest.Page {
				page := thief.Get(mail.Link)
				p.Clock.Advance(time.Minute)
				return thief.Submit(page.Form(path(t, mail.Link)).Set("gesture", "seen"))
			},
		} {
			who := strings.ReplaceAll(way, " ", ".") + "@example.com"
			owner, asker := p.Browser(), p.Browser()
			owner.SignIn(apptest.NewRequest(apptest.Pair), who)
			p.Clock.Advance(time.Minute)
			wait, mail := ask(asker, who)
			thief := asker
			if way != "code" {
				thief = p.Browser()
			}
			prove(thief, wait, mail)
			if a := thief.SignIn(apptest.NewRequest(apptest.Once), who); a.Code() == "" {
				t.Fatalf("%s: the thief allows nothing: %v", way, a)
			}
			silent := func(c apptest.Client) apptest.Answer {
				return owner.Authorize(apptest.NewRequest(c).With("prompt", "none")).MustAnswer()
			}
			if a := silent(apptest.Once); a.Code() == "" {
				t.Fatalf("%s, before: %v", way, a)
			}
			reader := p.Browser()
			shows(t, "pressed", reader.Submit(disown(t, p, reader, mail)), http.StatusOK, "cancelled")
			if a := silent(apptest.Once); a.Fault() != "consent_required" {
				t.Errorf("%s: what the thief allowed: %v", way, a)
			}
			if a := silent(apptest.Pair); a.Code() == "" {
				t.Errorf("%s: what the owner allowed before: %v", way, a)
			}
		}
	})
}

// The link proves that its bearer got the mail; nothing near it does.
func TestNotMeLinkCannotBeMadeUp(t *testing.T) {
	p := one(t)
	b := p.Browser()
	wait, mail := ask(b, ada)
	good := path(t, mail.NotMe)
	id, mac, _ := strings.Cut(strings.TrimPrefix(good, "/n/"), ".")
	_, other := ask(p.Browser(), bob)
	_, otherMAC, _ := strings.Cut(other.NotMe, ".")
	for _, bad := range []string{
		id, id + ".", id + "." + mac[:15], id + "." + mac + "A", id + "." + strings.Repeat("A", 16), "x." + mac, "." + mac, id + "." + otherMAC,
		id + "." + mac[:4] + "AAAAAAAAAAAA", strings.ToUpper(id) + "." + mac, strings.Repeat("x", 300),
	} {
		shows(t, "made up: "+bad, p.Browser().Get("/n/"+bad), http.StatusNotFound)
		shows(t, "made up, pressed: "+bad, p.Browser().Post("/n/"+bad, nil), http.StatusNotFound)
	}
	finished(t, "the sign-in", b.EnterCode(wait, mail.Code))
}

// A program that presses whatever it finds does not end the sign-in of somebody who
// asked; a person whose press looks like a program's says whose mail it is.
func TestNotMeTakesAPerson(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, c := range map[string]struct {
			wait, reads time.Duration
			gesture     string
			change      func(b *apptest.Browser)
			asks        bool // else the press does nothing
		}{
			"no script":        {time.Minute, time.Minute, "", nil, true},
			"nobody touched":   {time.Minute, time.Minute, "none", nil, false},
			"reads too fast":   {time.Minute, 0, "seen", nil, true},
			"as the mail came": {0, 5 * time.Second, "seen", nil, true},
			"headless": {time.Minute, time.Minute, "seen", func(b *apptest.Browser) {
				b.Header.Set("User-Agent", strings.Replace(apptest.UserAgent, "Firefox", "HeadlessChrome", 1))
			}, true},
			"without cookies": {time.Minute, time.Minute, "seen", func(b *apptest.Browser) { b.SetCookie(apptest.BrowserCookie, "x") }, true},
		} {
			b, reader, who := p.Browser(), p.Browser(), strings.ReplaceAll(what, " ", ".")+"@example.com" // a mail each: they rest once cancelled
			wait, mail := ask(b, who)
			at := path(t, mail.NotMe)
			shows(t, what, reader.Post(at, nil), http.StatusSeeOther)
			p.Clock.Advance(c.wait)
			form := reader.Open(mail.NotMe).Form(at).Set("gesture", c.gesture)
			if c.change != nil {
				c.change(reader)
			}
			p.Clock.Advance(c.reads)
			press := func(email string) *apptest.Page { return reader.Post(at, form.Set("email", email).Values) }
			want := at
			if c.asks {
				want += "?for=whom"
			}
			asks := press("")
			if asks.Location() != want {
				t.Errorf("%s: %s", what, asks)
			}
			if page := reader.Follow(asks); c.asks && (!strings.Contains(page.Text(), "Which address did the mail go to?") || strings.Contains(page.Body, who)) {
				t.Errorf("%s: the page that asks: %s", what, page.Text())
			}
			shows(t, what+", the waiting page", b.Get(wait.URL.Path), http.StatusOK, "Check your mail")
			if !c.asks {
				continue
			}
			shows(t, what+", wrong", reader.Follow(press(bob)), http.StatusOK, "did not go to that address")
			shows(t, what+", right", press(strings.ToUpper(who[:1])+who[1:]), http.StatusOK, "cancelled")
			shows(t, what+", the waiting page then", b.Get(wait.URL.Path), http.StatusGone, "cancelled")
		}
	})
}

// Somebody talked a code out of the owner of a mailbox. Once disowned, their browser
// is a stranger's: it waits for the pause, and its next sign-in is told of.
func TestNotMeForgetsTheBrowser(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		owner, thief, r := p.Browser(), p.Browser(), apptest.NewRequest(apptest.Web)
		owner.SignIn(r, ada)
		wait, mail := ask(thief, ada)
		after := p.Inbox.Last()
		finished(t, "the thief", thief.EnterCode(wait, mail.Code))
		p.NextNotice(after, ada)
		reader := p.Browser()
		shows(t, "pressed", reader.Submit(disown(t, p, reader, mail)), http.StatusOK, "cancelled")
		shows(t, "the thief, at once", thief.Submit(thief.Authorize(r).Form("/login").Set("email", ada)), http.StatusTooManyRequests)
		p.Clock.Advance(time.Hour)
		wait, mail = ask(thief, ada)
		after = p.Inbox.Last()
		finished(t, "the thief, a second time", thief.EnterCode(wait, mail.Code))
		p.NextNotice(after, ada)
	}, apptest.ProductLimits())
}
