package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

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
		for range 2 { // twice is as good as once
			shows(t, "pressed", reader.Post(path(t, mail.NotMe), nil), http.StatusOK, "cancelled")
		}
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
		again := b.Submit(b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login").Set("email", ada))
		shows(t, "the next try of whoever asked", again, http.StatusTooManyRequests)
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
		shows(t, "pressed", p.Browser().Post(path(t, mail.NotMe), nil), http.StatusOK, "cancelled")
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
