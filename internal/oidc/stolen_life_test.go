package oidc_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
)

// life is what goes on at a provider while somebody copies its database.
type life struct {
	t       *testing.T
	p       *apptest.Provider
	days    []func()          // steps, in an order that can be
	secrets map[string]string // kind of credential → the newest
	ids     map[string]string // what the database says openly and the attacker uses
	codes   map[string]string // challenge → its code
	request apptest.Request   // the one whose code waits
	native  apptest.NativeMail
	mallory *apptest.Browser
}

// newLife shuffles what people and applications do.
func newLife(t *testing.T, p *apptest.Provider) *life {
	l := &life{t: t, p: p, secrets: map[string]string{}, ids: map[string]string{}, codes: map[string]string{}, mallory: p.Browser()}
	own := l.mallory.Authorize(apptest.NewRequest(apptest.Web))
	l.secrets["flow parameter"] = own.Form("/login").Values.Get("flow")
	threads := [][]func(){l.person(ada, false), l.person(bob, true), {l.device}, {l.push}, {l.ask}, {l.register}}
	for len(threads) > 0 {
		i := rand.IntN(len(threads))
		l.days = append(l.days, threads[i][0])
		if threads[i] = threads[i][1:]; len(threads[i]) == 0 {
			threads = append(threads[:i], threads[i+1:]...)
		}
	}
	return l
}

func (l *life) live(steps int) {
	for _, step := range l.days[:steps] {
		step()
	}
}

// person asks, proves the address, gets tokens and refreshes them, and begins
// once more.
func (l *life) person(email string, byLink bool) []func() {
	b, r := l.p.Browser(), apptest.Offline(apptest.Web)
	var wait *apptest.Page
	var mail apptest.Mail
	var tokens apptest.Reply
	ask := func() {
		r = apptest.Offline(apptest.Web).With("prompt", "login")
		wait, mail = b.Ask(b.Authorize(r), email)
		l.secrets["link"], l.secrets["code"] = last(mail.Link), mail.Code
		l.secrets["not-me link"], l.secrets["browser cookie"] = last(mail.NotMe), b.Cookie(apptest.BrowserCookie)
		l.ids["challenge"] = last(wait.URL.Path)
		l.codes[l.ids["challenge"]] = mail.Code
	}
	return []func(){
		ask,
		func() {
			page := (*apptest.Page)(nil)
			if byLink {
				page = b.PressLink(mail.Link)
			} else {
				page = b.EnterCode(wait, mail.Code)
			}
			l.request, l.secrets["authorization code"], l.secrets["session cookie"] = r, page.MustAnswer().Code(), b.Cookie(apptest.SessionCookie)
		},
		func() {
			sso := apptest.Offline(apptest.Web)
			tokens = l.p.Redeem(sso, // the first code stays unused
				b.Open(sso.Path()).MustAnswer().Code())
			granted(l.t, "redeem", tokens)
			l.secrets["access token"], l.secrets["refresh token"] = tokens.Access(), tokens.Refresh()
		},
		func() {
			next := l.p.Refresh(apptest.Web, tokens.Refresh(), "")
			granted(l.t, "refresh", next)
			l.secrets["access token"], l.secrets["refresh token"] = next.Access(), next.Refresh()
		},
		ask,
	}
}

func (l *life) device() {
	d := wait(l.t, l.p, apptest.TV, "openid offline_access")
	l.secrets["device code"], l.secrets["user code"] = d.Text("device_code"), d.Text("user_code")
}

func (l *life) push() {
	l.secrets["pushed request"] = mustPush(l.t, l.p, apptest.NewRequest(apptest.Web)).Params.Get("request_uri")
}

func (l *life) ask() {
	after := l.p.Inbox.Last()
	reply := l.p.JSON(nativeapi.PathSend, apptest.Phone, "email", "eve@example.com")
	l.native = l.p.NextNativeMail(after, "eve@example.com")
	l.secrets["native challenge"] = reply.Text("challenge")
}

func (l *life) register() {
	made := call(l.t, l.p, "POST", "/oauth/register", initialToken, application(nil))
	l.secrets["client secret"], l.secrets["registration token"] = made.Text("client_secret"), made.Text("registration_access_token")
	l.ids["client"], l.ids["registration"] = made.Text("client_id"), made.Text("registration_client_uri")
	l.secrets["initial access token"] = initialToken
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }
