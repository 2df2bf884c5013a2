package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

func own(p *apptest.Provider, c apptest.Client, scope string) apptest.Reply {
	form := url.Values{"grant_type": {"client_credentials"}}
	if scope != "" {
		form.Set("scope", scope)
	}
	return p.Post("/oauth/token", c, form)
}

// RFC 6749 §4.4: a client's token for itself says who it is and what it may do,
// at introspection too, and is nobody's sign-in.
func TestClientCredentials(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, c := range []struct {
			client       apptest.Client
			asked, given string
		}{
			{apptest.Machine, "", "reports.read reports.write"}, {apptest.Machine, "reports.write unknown openid", "reports.write"},
			{apptest.MachineJWT, "", "reports.read"}, {apptest.Both, "", "reports.read"}, {apptest.Both, "openid offline_access reports.read email", "reports.read"},
		} {
			reply := own(p, c.client, c.asked)
			granted(t, c.client.ID, reply)
			if reply.Refresh() != "" || reply.ID() != "" || reply.Text("scope") != c.given || reply.JSON["expires_in"] != float64(600) {
				t.Errorf("%s with %q: %s", c.client.ID, c.asked, reply)
			}
			about := p.Introspect(c.client, reply.Access())
			for name, want := range map[string]any{
				"active": true, "client_id": c.client.ID, "sub": c.client.ID, "iss": p.URL, "aud": []any{c.client.ID}, "scope": c.given, "token_type": "Bearer",
			} {
				if !same(about.JSON[name], want) {
					t.Errorf("%s: %s is %#v, want %#v", c.client.ID, name, about.JSON[name], want)
				}
			}
			for _, other := range []apptest.Client{apptest.Web, apptest.Machine, apptest.Both} {
				if r := p.Introspect(other, reply.Access()); other.ID != c.client.ID && r.Body != `{"active":false}` {
					t.Errorf("%s hears %s", other.ID, r)
				}
			}
			refused(t, "userinfo", p.Get("/userinfo", reply.Access()), http.StatusForbidden, "insufficient_scope")
			refused(t, "revocation", p.Revoke(c.client, reply.Access()), 400, "unsupported_token_type")
			if r := p.Introspect(c.client, reply.Access()); r.JSON["active"] != true {
				t.Errorf("after a revocation that was refused: %s", r)
			}
		}
	})
}

// RFC 9068 §2.2: as a JWT it names the client as subject, and its typ keeps it
// apart from every other token.
func TestClientCredentialsJWT(t *testing.T) {
	p := one(t)
	token := own(p, apptest.MachineJWT, "").Access()
	claims, head := apptest.Claims(t, token), apptest.JOSEHeader(t, token)
	if head["typ"] != "at+jwt" || head["alg"] != "ES256" || claims["sub"] != "machine-jwt" || claims["client_id"] != "machine-jwt" || claims["scope"] != "reports.read" || claims["jti"] == "" {
		t.Errorf("%v %v", head, claims)
	}
	if claims["auth_time"] != nil || claims["acr"] != nil {
		t.Errorf("it claims a sign-in: %v", claims)
	}
	if own(p, apptest.MachineJWT, "").Access() == token {
		t.Error("two tokens are one")
	}
}

// Threat: a robot's token in strange hands. It has no row that could be revoked; the
// restore epoch ends it all the same, and the robot gets another.
func TestEpochEndsClientsOwnTokens(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		active := func(c apptest.Client, token string) bool { return p.Introspect(c, token).JSON["active"] == true }
		for _, c := range []apptest.Client{apptest.Machine, apptest.MachineJWT} {
			before := own(p, c, "").Access()
			p.Clock.Advance(time.Second)
			if !active(c, before) {
				t.Fatalf("%s: the token is dead already", c.ID)
			}
			if _, err := p.App.Store.RaiseEpoch(t.Context(), "a robot was stolen", p.Clock.Now()); err != nil {
				t.Fatal(err)
			}
			if active(c, before) {
				t.Errorf("%s: the token of before the epoch is alive", c.ID)
			}
			p.Clock.Advance(time.Second)
			if !active(c, own(p, c, "").Access()) {
				t.Errorf("%s: the token of after the epoch is dead", c.ID)
			}
		}
	})
}

func TestClientCredentialsRefusals(t *testing.T) {
	p := one(t)
	wrong := apptest.Machine
	wrong.Secret = "wrong"
	refused(t, "wrong secret", own(p, wrong, ""), http.StatusUnauthorized, "invalid_client")
	refused(t, "not registered", own(p, apptest.Web, ""), 400, "unauthorized_client")
	refused(t, "public", own(p, apptest.Spa, ""), 400, "unauthorized_client")
	refused(t, "no scope of it", own(p, apptest.Machine, "admin"), 400, "invalid_scope")
	refused(t, "scopes about people", own(p, apptest.Both, "openid email"), 400, "invalid_scope")
	refused(t, "a code for a machine", p.Post("/oauth/token", apptest.Machine, url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}), 400, "unauthorized_client")
	// Nobody signs in to a machine: there is no way back, so this is a page.
	if page := p.Browser().Authorize(apptest.NewRequest(apptest.Machine)); page.Status != http.StatusBadRequest {
		t.Errorf("a sign-in to a machine: %s", page)
	}
}

// A grant type that no client has is not in the document.
func TestDiscoveryFollowsTheClients(t *testing.T) {
	p := one(t)
	for _, id := range []string{"machine", "machine-jwt", "both", "agent", "service"} {
		if !contains(p.Get(pathOpenID, "").JSON["grant_types_supported"], "client_credentials") {
			t.Errorf("%s has the grant, and the document does not", id)
		}
		change(t, p, id, func(c *idp.Client) { c.GrantTypes = []string{"authorization_code"} })
	}
	if types := p.Get(pathOpenID, "").JSON["grant_types_supported"]; contains(types, "client_credentials") || contains(types, exchangeGrant) {
		t.Errorf("nobody has the grants: %v", types)
	}
}
