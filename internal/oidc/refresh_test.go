package oidc_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

func TestRefresh(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		p.Clock.Advance(time.Minute)
		next := p.Refresh(apptest.Web, first.Refresh(), "")
		granted(t, "refresh", next)
		if next.Text("token_type") != "Bearer" || next.JSON["expires_in"] != float64(600) || next.Text("scope") != "openid email profile offline_access" {
			t.Errorf("%s", next)
		}
		if next.Access() == first.Access() {
			t.Error("the access token is the old one")
		}
		alive(t, "the new access token", p, apptest.Web, next.Access())
		alive(t, "the old access token, for its time", p, apptest.Web, first.Access())
		was, is := apptest.Claims(t, first.ID()), apptest.Claims(t, next.ID())
		if number(t, is, "iat") < number(t, was, "iat")+60 || is["sub"] != was["sub"] || is["auth_time"] != was["auth_time"] || is["nonce"] != nil {
			t.Errorf("ID token was %v and is %v", was, is)
		}
	})
}

// Without offline_access there is no refresh token, and a client that may not
// refresh gets none either.
func TestRefreshTokensAreForOfflineAccess(t *testing.T) {
	p := one(t)
	for _, r := range []apptest.Request{apptest.NewRequest(apptest.Web), apptest.NewRequest(apptest.Spa), apptest.Offline(apptest.Brief)} {
		if tokens := p.Browser().Tokens(r, ada); tokens.Refresh() != "" {
			t.Errorf("%s with %q got a refresh token", r.Client.ID, r.Params.Get("scope"))
		}
	}
}

// A refresh may ask for less, never for more, and less is not for ever (RFC 6749
// §6).
func TestRefreshScopes(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(apptest.NewRequest(apptest.Web).With("scope", "openid email offline_access"), ada)
		for asked, want := range map[string]string{"openid": "openid", "email openid": "email openid", "openid email offline_access": "openid email offline_access"} {
			reply := p.Refresh(apptest.Web, tokens.Refresh(), asked)
			granted(t, asked, reply)
			if reply.Text("scope") != want {
				t.Errorf("%q gives %q", asked, reply.Text("scope"))
			}
			_, email := p.Get("/userinfo", reply.Access()).JSON["email"]
			if email != strings.Contains(want, "email") {
				t.Errorf("%q: userinfo has the address: %v", asked, email)
			}
		}
		if reply := p.Refresh(apptest.Web, tokens.Refresh(), "email"); reply.ID() != "" || reply.Text("scope") != "email" {
			t.Errorf("without openid: %s", reply)
		}
		for _, asked := range []string{"openid profile", "admin", "openid openid2", "OPENID"} {
			refused(t, asked, p.Refresh(apptest.Web, tokens.Refresh(), asked), 400, "invalid_scope")
		}
		all := p.Refresh(apptest.Web, tokens.Refresh(), "")
		granted(t, "no scope", all)
		if all.Text("scope") != "openid email offline_access" {
			t.Errorf("after narrowing, all is %q", all.Text("scope"))
		}
	})
}

// A scope of nothing but spaces is no scope (RFC 6749 §3.3): it is refused or
// counts as missing. A token for nothing helps nobody.
func TestBlankScope(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
	if blank := p.Refresh(apptest.Web, tokens.Refresh(), "  "); blank.Fault() != "invalid_scope" && blank.Text("scope") != tokens.Text("scope") {
		t.Errorf("%s", blank)
	}
}

// A public client's token is replaced at every use, a confidential client's only
// when 70 % of its idle life have passed: its secret protects it meanwhile.
func TestRotation(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		spa := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada).Refresh()
		seen := map[string]bool{spa: true}
		for range 4 {
			p.Clock.Advance(time.Second)
			reply := p.Refresh(apptest.Spa, spa, "")
			granted(t, "public", reply)
			if spa = reply.Refresh(); seen[spa] {
				t.Fatal("a public client's token came back")
			}
			seen[spa] = true
		}

		first := p.Browser().Tokens(apptest.Offline(apptest.Short), ada).Refresh() // 10 idle hours
		for range 3 {
			p.Clock.Advance(2 * time.Hour) // six in all
			if reply := p.Refresh(apptest.Short, first, ""); reply.Refresh() != first {
				t.Fatalf("confidential, before 70 %%: %s", reply)
			}
		}
		p.Clock.Advance(time.Hour - time.Second)
		if reply := p.Refresh(apptest.Short, first, ""); reply.Refresh() != first {
			t.Fatalf("confidential, just before seven hours: %s", reply)
		}
		p.Clock.Advance(2 * time.Second)
		second := p.Refresh(apptest.Short, first, "")
		granted(t, "confidential, after seven hours", second)
		if second.Refresh() == first || second.Refresh() == "" {
			t.Error("it was not replaced")
		}
		p.Clock.Advance(6 * time.Hour)
		if reply := p.Refresh(apptest.Short, second.Refresh(), ""); reply.Refresh() != second.Refresh() {
			t.Errorf("the new one is replaced too soon: %s", reply)
		}
	})
}

func TestRefreshTokenExpires(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		// Ten hours without use end it.
		tokens := p.Browser().Tokens(apptest.Offline(apptest.Short), ada)
		p.Clock.Advance(10*time.Hour - time.Minute)
		kept := p.Refresh(apptest.Short, tokens.Refresh(), "")
		granted(t, "a minute before its idle end", kept)
		p.Clock.Advance(10*time.Hour + time.Minute)
		refused(t, "a minute after its idle end", p.Refresh(apptest.Short, kept.Refresh(), ""), 400, "invalid_grant")

		// 24 hours end it, however often it is used.
		reply := p.Browser().Tokens(apptest.Offline(apptest.Short), ada)
		for range 4 {
			p.Clock.Advance(6*time.Hour - time.Minute)
			reply = p.Refresh(apptest.Short, reply.Refresh(), "")
			granted(t, "in use", reply)
		}
		p.Clock.Advance(5 * time.Minute)
		refused(t, "a minute after its last day", p.Refresh(apptest.Short, reply.Refresh(), ""), 400, "invalid_grant")
	})
}

// A refresh token is worth nothing in the hands of another client, and the
// attempt does not hurt its owner.
func TestRefreshTokenIsBoundToItsClient(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		spa := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada)
		refused(t, "web's at other", p.Refresh(apptest.Other, tokens.Refresh(), ""), 400, "invalid_grant")
		refused(t, "web's at spa", p.Refresh(apptest.Spa, tokens.Refresh(), ""), 400, "invalid_grant")
		refused(t, "spa's at web", p.Refresh(apptest.Web, spa.Refresh(), ""), 400, "invalid_grant")
		granted(t, "web's at web", p.Refresh(apptest.Web, tokens.Refresh(), ""))
		granted(t, "spa's at spa", p.Refresh(apptest.Spa, spa.Refresh(), ""))
	})
}
