package nativeapi_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
)

// What was given is listed on the account page, and ends there.
func TestAccountPage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		reply := signIn(t, p, apptest.Phone, ada)
		b := p.Browser()
		b.SignInHere(ada)
		page := b.Open("/account")
		if !strings.Contains(page.Text(), "Phone") || !strings.Contains(page.Text(), "A program") {
			t.Fatalf("the sign-in is not listed: %s", page.Text())
		}
		const disconnect = "/account/applications/phone/disconnect"
		b.Submit(b.Open(disconnect).Form(disconnect), "confirm")
		refused(t, "me after disconnecting", bearer(p, http.MethodGet, nativeapi.PathMe, reply.Text("session_token")), http.StatusUnauthorized, "unauthorized")

		reply = signIn(t, p, apptest.Phone, ada)
		const others = "/account/sessions/end-others"
		b.Submit(b.Open(others).Form(others), "confirm")
		refused(t, "me after ending all others", bearer(p, http.MethodGet, nativeapi.PathMe, reply.Text("session_token")), http.StatusUnauthorized, "unauthorized")
		if p.Refresh(apptest.Phone, reply.Text("refresh_token"), "").Fault() != "invalid_grant" {
			t.Error("it can still be refreshed")
		}

		reply = signIn(t, p, apptest.Phone, ada)
		bearer(p, http.MethodPost, nativeapi.PathSignOut, reply.Text("session_token"))
		if text := b.Open("/account").Text(); strings.Contains(text, "A program") || strings.Contains(text, "Phone") {
			t.Errorf("signing out leaves something: %s", text)
		}
	})
}

// Whichever way the tokens of a sign-in ended, nothing is left that the account page
// could list: nobody has another token of such a session.
func TestNoSessionOutlivesItsTokens(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignInHere(ada)
		const disconnect = "/account/applications/phone/disconnect"
		for what, end := range map[string]func(reply apptest.Reply){
			"revoked":      func(reply apptest.Reply) { p.Revoke(apptest.Phone, reply.Text("refresh_token")) },
			"disconnected": func(apptest.Reply) { b.Submit(b.Open(disconnect).Form(disconnect), "confirm") },
			"stolen": func(reply apptest.Reply) {
				next := p.Refresh(apptest.Phone, reply.Text("refresh_token"), "")
				p.Refresh(apptest.Phone, next.Refresh(), "")
				p.Refresh(apptest.Phone, reply.Text("refresh_token"), "")
			},
		} {
			reply, other := signIn(t, p, apptest.Phone, ada), signIn(t, p, apptest.Tablet, ada)
			if n := strings.Count(b.Open("/account").Text(), "A program"); n != 2 {
				t.Fatalf("%s: %d sessions are listed before", what, n)
			}
			end(reply)
			page := b.Open("/account").Text()
			if strings.Count(page, "A program") != 1 || !strings.Contains(page, "this browser") {
				t.Errorf("%s: %s", what, page)
			}
			bearer(p, http.MethodPost, nativeapi.PathSignOut, other.Text("session_token"))
		}
	})
}

// Disabling a person ends what their applications have, and lets them in no more.
func TestDisabledPerson(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		reply := signIn(t, p, apptest.Phone, ada)
		mail := ask(t, p, apptest.Phone, ada)
		person, _ := reply.JSON["user"].(map[string]any)
		if err := p.App.Store.DisableUser(t.Context(), person["id"].(string), p.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		refused(t, "me", bearer(p, http.MethodGet, nativeapi.PathMe, reply.Text("session_token")), http.StatusUnauthorized, "unauthorized")
		notProven(t, "a link that was on its way", p.JSON(nativeapi.PathLink, apptest.Phone, "token", mail.Token))
	})
}

// The application's sign-out ends its own session and no browser's.
func TestSignOutLeavesBrowsersAlone(t *testing.T) {
	p := one(t)
	b := p.Browser()
	tokens := b.Tokens(apptest.Offline(apptest.Mixed), ada)
	if out := bearer(p, http.MethodPost, nativeapi.PathSignOut, tokens.Access()); out.Status != http.StatusOK {
		t.Fatalf("sign-out: %s", out)
	}
	if p.Refresh(apptest.Mixed, tokens.Refresh(), "").Status == http.StatusOK {
		t.Error("the grant lives on")
	}
	if b.Get("/account").Status != http.StatusOK {
		t.Error("the browser is signed out")
	}
}

// Tokens of clients without the API, and what is no session token at all.
func TestForeignBearers(t *testing.T) {
	p := one(t)
	reply := signIn(t, p, apptest.Phone, ada)
	web := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
	for what, token := range map[string]string{
		"none": "", "of a client without the API": web.Access(), "a refresh token": reply.Text("refresh_token"), "an ID token": web.ID(),
		"noise": "at_x", "a machine's": p.Post("/oauth/token", apptest.Machine, map[string][]string{"grant_type": {"client_credentials"}}).Access(),
	} {
		for path, method := range map[string]string{nativeapi.PathMe: http.MethodGet, nativeapi.PathSignOut: http.MethodPost} {
			got := bearer(p, method, path, token)
			refused(t, what+" at "+path, got, http.StatusUnauthorized, "unauthorized")
			if !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: no WWW-Authenticate", what)
			}
		}
	}
	if got := bearer(p, http.MethodGet, nativeapi.PathMe+"?access_token="+reply.Text("session_token"), ""); got.Status != http.StatusUnauthorized {
		t.Errorf("a token in the address: %s", got)
	}
}

// A 401 names what would be accepted (RFC 9110 §11.6.1): a client's secret is no bearer
// token, and whoever sent a token hears that it is the token (RFC 6750 §3.1).
func TestChallenges(t *testing.T) {
	p := one(t)
	token := signIn(t, p, apptest.Phone, ada).Text("session_token")
	bearer(p, http.MethodPost, nativeapi.PathSignOut, token)
	for what, c := range map[string]struct {
		reply apptest.Reply
		want  string
	}{
		"a wrong secret": {p.JSON(nativeapi.PathSend, apptest.Client{ID: "backend", Secret: "wrong"}, "email", bob), `Basic realm="idp", charset="UTF-8"`},
		"no secret":      {p.JSON(nativeapi.PathCode, apptest.Client{ID: "backend"}, "code", "123456", "email", bob), `Basic realm="idp", charset="UTF-8"`},
		"no token":       {bearer(p, http.MethodGet, nativeapi.PathMe, ""), `Bearer realm="idp"`},
		"a dead token":   {bearer(p, http.MethodGet, nativeapi.PathMe, token), `Bearer realm="idp", error="invalid_token"`},
		"no such token":  {bearer(p, http.MethodPost, nativeapi.PathSignOut, "at_x"), `Bearer realm="idp", error="invalid_token"`},
	} {
		refused(t, what, c.reply, http.StatusUnauthorized, "unauthorized")
		if got := c.reply.Header.Get("WWW-Authenticate"); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}
