package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// loot is one secret of each kind, all of one person and in force.
type loot struct {
	p        *apptest.Provider
	asker    *apptest.Browser // waits for the mail of link and code
	wait     *apptest.Page
	stranger *apptest.Browser
	request  apptest.Request // of the authorization code
	secrets  map[string]string
}

func newLoot(t *testing.T, p *apptest.Provider) *loot {
	t.Helper()
	in := p.Browser()
	offline, jwt := in.Tokens(apptest.Offline(apptest.Web), ada), in.Tokens(apptest.NewRequest(apptest.JWT), ada)
	l := &loot{p: p, asker: p.Browser(), stranger: p.Browser(), request: apptest.NewRequest(apptest.Web)}
	flow := flowOf(t, l.asker.Get(apptest.NewRequest(apptest.Web).Path()).Location())
	wait, mail := l.asker.Ask(l.asker.Open("/login?flow="+flow), ada)
	l.wait = wait
	l.secrets = map[string]string{
		"link": mail.Link[strings.LastIndex(mail.Link, "/")+1:], "six digits": mail.Code, "challenge": wait.URL.Path[len("/login/c/"):], "flow": flow,
		"session": in.Cookie(apptest.SessionCookie), "browser": l.asker.Cookie(apptest.BrowserCookie),
		"code": in.SignIn(l.request, ada).Code(), "verifier": l.request.Verifier, "client secret": apptest.Web.Secret,
		"access": offline.Access(), "JWT access": jwt.Access(), "refresh": offline.Refresh(), "ID": offline.ID(),
		"logout":    in.Open("/end_session").Form(confirmPath).Values.Get("request"),
		"link page": l.stranger.Open(mail.Link).Form(pathOf(t, mail.Link)).Values.Get("nonce"),
	}
	return l
}

// place is somewhere a secret is presented. accepts reports whether it opened
// anything there.
type place struct {
	right   []string
	accepts func(l *loot, secret string) bool
}

var tokenPlaces = map[string]place{
	"code at the token endpoint": {[]string{"code"}, func(l *loot, s string) bool { return l.p.Redeem(l.request, s).Status == http.StatusOK }},
	"refresh token at the token endpoint": {[]string{"refresh"}, func(l *loot, s string) bool {
		return l.p.Refresh(apptest.Web, s, "").Status == http.StatusOK
	}},
	"verifier at the token endpoint": {[]string{"verifier"}, func(l *loot, s string) bool {
		r := l.request
		r.Verifier = s
		return l.p.Redeem(r, l.secrets["code"]).Status == http.StatusOK
	}},
	"client secret at the token endpoint": {[]string{"client secret"}, func(l *loot, s string) bool {
		return l.p.Refresh(apptest.Client{ID: "web", Secret: s}, l.secrets["refresh"], "").Status == http.StatusOK
	}},
	"bearer at userinfo": {[]string{"access", "JWT access"}, func(l *loot, s string) bool { return l.p.Get("/userinfo", s).Status == http.StatusOK }},
	"token at introspection": {[]string{"access", "JWT access", "refresh"}, func(l *loot, s string) bool {
		return l.p.Introspect(apptest.Web, s).JSON["active"] == true || l.p.Introspect(apptest.JWT, s).JSON["active"] == true
	}},
	"token at revocation": {[]string{"access", "refresh"}, func(l *loot, s string) bool {
		l.p.Revoke(apptest.Web, s)
		return l.p.Get("/userinfo", l.secrets["access"]).Status != http.StatusOK
	}},
}

var pagePlaces = map[string]place{
	"link": {[]string{"link"}, func(l *loot, s string) bool { return l.asker.Post("/l/"+url.PathEscape(s), nil).Status < 400 }},
	"six digits on the waiting page": {[]string{"six digits"}, func(l *loot, s string) bool {
		return l.asker.Follow(l.asker.Post(l.wait.URL.Path, url.Values{"code": {s}})).Status < 400
	}},
	"nonce of the link's page": {[]string{"link page"}, func(l *loot, s string) bool {
		l.p.Clock.Advance(2 * time.Second) // who is faster is taken for a program
		l.stranger.Post("/l/"+l.secrets["link"], url.Values{"nonce": {s}, "gesture": {"seen"}})
		return l.stranger.Cookie(apptest.SessionCookie) != ""
	}},
	"session cookie": {[]string{"session"}, func(l *loot, s string) bool {
		l.stranger.SetCookie(apptest.SessionCookie, s)
		return l.stranger.Get("/account").Status < 300
	}},
	"browser cookie": {[]string{"browser"}, func(l *loot, s string) bool {
		l.stranger.SetCookie(apptest.BrowserCookie, s)
		return l.stranger.Get(l.wait.URL.Path).Status < 400
	}},
	"flow at login":       {[]string{"flow"}, func(l *loot, s string) bool { return l.asker.Get(escaped("/login?flow=", s)).Status < 400 }},
	"flow at continue":    {[]string{"flow"}, func(l *loot, s string) bool { return l.asker.Get(escaped("/authorize/continue?flow=", s)).Status < 400 }},
	"flow at consent":     {[]string{"flow"}, func(l *loot, s string) bool { return l.asker.Get(escaped("/login/consent?flow=", s)).Status < 400 }},
	"flow at the choice":  {[]string{"flow"}, func(l *loot, s string) bool { return l.asker.Get(escaped("/login/account?flow=", s)).Status < 400 }},
	"hint at authorize":   {[]string{"ID"}, func(l *loot, s string) bool { return acceptsHint(l.stranger, s) }},
	"hint at end_session": {[]string{"ID"}, func(l *loot, s string) bool { return l.stranger.Get(endSession("id_token_hint", s)).Status < 400 }},
	"request at the end of a session": {[]string{"logout"}, func(l *loot, s string) bool {
		return l.stranger.Post(confirmPath, url.Values{"request": {s}, "answer": {"yes"}}).Status < 400
	}},
	"challenge in the address": {[]string{"challenge"}, func(l *loot, s string) bool { return l.asker.Get("/login/c/"+url.PathEscape(s)).Status < 400 }},
}

func escaped(ref, value string) string { return ref + url.QueryEscape(value) }

func acceptsHint(b *apptest.Browser, hint string) bool {
	page := b.Get(apptest.NewRequest(apptest.Web).With("prompt", "none", "id_token_hint", hint).Path())
	a, ok := page.Answer()
	return ok && a.Fault() == "login_required"
}

// A secret of one kind presented as another: codes as sessions, ID tokens as
// access tokens, links as flows. Stores and checks that share a shape have been
// critical holes elsewhere. Every kind is tried at every place.
func TestSecretsWorkOnlyAsWhatTheyAre(t *testing.T) { everywhere(t, tokenPlaces) }

// The same for the places that browsers reach.
func TestSecretsWorkOnlyAsWhatTheyAreOnPages(t *testing.T) { everywhere(t, pagePlaces) }

func everywhere(t *testing.T, places map[string]place) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for where, place := range places {
			l := newLoot(t, p)
			for kind, secret := range l.secrets {
				if !slices.Contains(place.right, kind) && place.accepts(l, secret) {
					t.Errorf("%s is accepted as %s", kind, where)
				}
			}
			// None of that hurt the rightful one, and the place does open.
			if len(place.right) == 0 {
				continue // nothing opens it
			}
			if right := place.right[0]; !place.accepts(l, l.secrets[right]) {
				t.Errorf("%s is not accepted as %s", right, where)
			}
		}
	}, apptest.Configure(func(c *config.Config) { c.Login.CodeAttempts, c.Login.ChallengeAttempts = 100, 100 }))
}
