package oidc_test

import (
	"testing"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// What an administrator takes from a client is gone from the next token, and from
// what the tokens that it has are answered.
func TestLostScopes(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		r := apptest.Offline(apptest.Web).With("claims", `{"userinfo":{"email_verified":null},"id_token":{"name":null}}`)
		tokens := b.Tokens(r, ada)
		code := b.Authorize(r).MustAnswer().Code()
		change(t, p, "web", func(c *idp.Client) { c.Scopes = []string{"openid", "offline_access"} })

		check := func(what string, reply apptest.Reply) {
			t.Helper()
			granted(t, what, reply)
			id := apptest.Claims(t, reply.ID())
			if reply.Text("scope") != "openid offline_access" || id["email"] != nil || id["name"] != nil {
				t.Errorf("%s: %s, the ID token says %v", what, reply, id)
			}
		}
		if info := p.Get("/userinfo", tokens.Access()); info.JSON["email"] != nil || info.JSON["email_verified"] != nil || info.Text("sub") == "" {
			t.Errorf("userinfo: %s", info)
		}
		if about := p.Introspect(apptest.Web, tokens.Access()); about.Text("scope") != "openid offline_access" || about.JSON["username"] != nil {
			t.Errorf("introspection: %s", about)
		}
		check("code", p.Redeem(r, code))
		check("refresh", p.Refresh(apptest.Web, tokens.Refresh(), ""))
		refused(t, "refresh for what is lost", p.Refresh(apptest.Web, tokens.Refresh(), "email"), 400, "invalid_scope")
		change(t, p, "web", func(c *idp.Client) { c.Scopes = []string{"openid"} })
		refused(t, "refresh without offline_access", p.Refresh(apptest.Web, tokens.Refresh(), ""), 400, "invalid_grant")
		if about := p.Introspect(apptest.Web, tokens.Refresh()); about.Body != `{"active":false}` {
			t.Errorf("introspection of a refresh token that rests: %s", about)
		}
		change(t, p, "web", func(c *idp.Client) { c.Scopes = []string{"openid", "offline_access"} })
		if about := p.Introspect(apptest.Web, tokens.Refresh()); about.JSON["active"] != true {
			t.Errorf("introspection of one that is good again: %s", about)
		}
		change(t, p, "web", func(c *idp.Client) { c.Scopes = []string{"email"} })
		refused(t, "userinfo without openid", p.Get("/userinfo", tokens.Access()), 403, "insufficient_scope")
	})
}

// A device gets what its application may have when it fetches its tokens.
func TestLostScopesOfADevice(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, device := p.Browser(), wait(t, p, apptest.TV, "openid email profile")
		b.Submit(signedInAt(t, b, device, ada).Form("/device/connect"), "connect")
		change(t, p, "tv", func(c *idp.Client) { c.Scopes = []string{"openid", "email"} })
		reply := poll(p, apptest.TV, device)
		granted(t, "device", reply)
		if reply.Text("scope") != "openid email" {
			t.Errorf("%s", reply)
		}
		other := wait(t, p, apptest.TV, "email")
		b.Submit(typed(b, other).Form("/device/connect"), "connect")
		change(t, p, "tv", func(c *idp.Client) { c.Scopes = []string{"openid"} })
		refused(t, "nothing left", poll(p, apptest.TV, other), 400, "invalid_scope")
	})
}
