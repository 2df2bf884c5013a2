package login_test

import (
	"net/http"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// proofs are the ways to prove an address in a browser.
var proofs = map[string]func(t *testing.T, p *apptest.Provider, b *apptest.Browser, email string){
	"code": func(t *testing.T, _ *apptest.Provider, b *apptest.Browser, email string) {
		wait, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "login")), email)
		finished(t, "the code", b.EnterCode(wait, mail.Code))
	},
	"link": func(t *testing.T, _ *apptest.Provider, b *apptest.Browser, email string) {
		_, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "login")), email)
		finished(t, "the link", b.PressLink(mail.Link))
	},
	"link of another browser": func(t *testing.T, p *apptest.Provider, b *apptest.Browser, email string) {
		_, mail := ask(p.Browser(), email)
		b.Submit(b.Get(mail.Link).Form(path(t, mail.Link)))
	},
}

// signedInBy returns a browser that has nothing but a session cookie.
func signedInBy(p *apptest.Provider, cookie string) *apptest.Browser {
	b := p.Browser()
	b.SetCookie(apptest.SessionCookie, cookie)
	return b
}

// Whoever signs in anew in a browser ends what the browser was signed in with: the
// cookie from before is worth nothing. The person's own session goes on with its
// applications; one of somebody else is signed out, and its applications hear of it.
func TestSigningInReplacesTheSession(t *testing.T) {
	t.Parallel()
	for what, prove := range proofs {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			testdb.EachURL(t, func(t *testing.T, url string) {
				notes := apptest.NewApplication(t, "notes")
				p := apptest.New(t, url, apptest.Clients(notes.Registration()))
				b, other, r := p.Browser(), p.Browser(), apptest.NewRequest(notes.Client)
				tokens := b.Tokens(r, ada)
				other.Tokens(r, ada)
				online := func(tokens apptest.Reply) bool { return p.Get("/userinfo", tokens.Access()).Status == http.StatusOK }

				before := b.Cookie(apptest.SessionCookie)
				p.Clock.Advance(time.Minute)
				prove(t, p, b, ada)
				if b.Cookie(apptest.SessionCookie) == before || isSignedIn(signedInBy(p, before)) {
					t.Error("the same person again: the old cookie signs in still")
				}
				if !isSignedIn(b) || !online(tokens) || notes.Tokens() != 0 {
					t.Error("the same person again: an application was signed out")
				}
				again := b.Get(r.With("prompt", "none").Path()).MustAnswer()
				if sid := apptest.Claims(t, p.Redeem(r.With("prompt", "none"), again.Code()).ID())["sid"]; sid != apptest.Claims(t, tokens.ID())["sid"] {
					t.Errorf("the application knows the session as another: %v", sid)
				}

				before = b.Cookie(apptest.SessionCookie)
				p.Clock.Advance(time.Minute)
				prove(t, p, b, bob)
				if isSignedIn(signedInBy(p, before)) || !isSignedIn(b) {
					t.Error("somebody else: the old cookie signs in still, or the new one does not")
				}
				if online(tokens) {
					t.Error("somebody else: the tokens of the session before are good still")
				}
				notes.NextToken(t)
				if !isSignedIn(other) || notes.Tokens() != 0 {
					t.Error("the session of another browser ended too")
				}
			})
		})
	}
}
