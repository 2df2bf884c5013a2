package oidc_test

import (
	"net/http"
	"testing"

	"idp/internal/apptest"
)

// RFC 7662: a client hears about its own tokens, in full, and about nothing else.
func TestIntrospection(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Web, apptest.JWT, apptest.Post} {
			tokens := p.Browser().Tokens(apptest.Offline(client), ada)
			sub := apptest.Claims(t, tokens.ID())["sub"]
			for kind, token := range map[string]string{"Bearer": tokens.Access(), "refresh_token": tokens.Refresh()} {
				reply := p.Introspect(client, token)
				uncached(t, kind, reply.Header)
				for name, want := range map[string]any{
					"active": true, "token_type": kind, "client_id": client.ID, "sub": sub, "iss": p.URL, "aud": []any{client.ID}, "scope": "openid email profile offline_access",
				} {
					if !same(reply.JSON[name], want) {
						t.Errorf("%s, %s: %s is %#v, want %#v", client.ID, kind, name, reply.JSON[name], want)
					}
				}
				life := map[string]int64{"Bearer": 600, "refresh_token": 30 * 24 * 3600}[kind]
				if got := number(t, reply.JSON, "exp") - number(t, reply.JSON, "iat"); got < life-1 || got > life+1 {
					t.Errorf("%s, %s: lives %d seconds, want %d", client.ID, kind, got, life)
				}
			}
		}
	})
}

func TestIntrospectionSaysInactive(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		spa := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada)
		r := apptest.NewRequest(apptest.Web)
		b := p.Browser()
		code := b.SignIn(r, ada).Code()
		for what, c := range map[string]struct {
			client apptest.Client
			token  string
		}{
			"access token of another client":  {apptest.Other, tokens.Access()},
			"refresh token of another client": {apptest.Other, tokens.Refresh()},
			"a public client's access token":  {apptest.Web, spa.Access()},
			"a public client's refresh token": {apptest.Web, spa.Refresh()},
			"ID token":                        {apptest.Web, tokens.ID()},
			"authorization code":              {apptest.Web, code},
			"session cookie":                  {apptest.Web, b.Cookie(apptest.SessionCookie)},
			"client secret":                   {apptest.Web, apptest.Web.Secret},
			"garbage":                         {apptest.Web, "garbage"},
			"half a refresh token":            {apptest.Web, tokens.Refresh()[:40]},
			"a grant without a token":         {apptest.Web, "rt_grt_00000000000000000000000000.1.x"},
		} {
			if reply := p.Introspect(c.client, c.token); reply.Status != http.StatusOK || reply.Body != `{"active":false}` {
				t.Errorf("%s: %s", what, reply)
			}
		}
		alive(t, "after all of it", p, apptest.Web, tokens.Access())
	})
}

// A client may know of a person what its scopes give it, at introspection too.
func TestIntrospectionKeepsToTheScopes(t *testing.T) {
	p := one(t)
	tokens := p.Browser().Tokens(apptest.NewRequest(apptest.Web).With("scope", "openid offline_access"), ada)
	for kind, token := range map[string]string{"access": tokens.Access(), "refresh": tokens.Refresh()} {
		reply := p.Introspect(apptest.Web, token)
		for name, value := range reply.JSON {
			if value == ada {
				t.Errorf("%s token without the scope email: %s is the address", kind, name)
			}
		}
	}
}
