package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// callOf sends a form as a client from a page of an origin.
func callOf(p *apptest.Provider, origin, path string, c apptest.Client, form url.Values) apptest.Reply {
	form.Set("client_id", c.ID)
	req := p.NewRequest(path, form)
	req.Header.Set("Origin", origin)
	return p.Do(req)
}

// readable are the calls of a page that has the client's tokens, and whether the
// page may read the answer.
func readable(t *testing.T, p *apptest.Provider, what string, c apptest.Client, origin string, want bool) {
	t.Helper()
	tokens := p.Browser().Tokens(apptest.NewRequest(c), ada)
	info := p.NewRequest("/userinfo", nil)
	info.Header.Set("Authorization", "Bearer "+tokens.Access())
	info.Header.Set("Origin", origin)
	for path, reply := range map[string]apptest.Reply{
		"/userinfo":         p.Do(info),
		"/oauth/token":      callOf(p, origin, "/oauth/token", c, url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}),
		"/oauth/par":        callOf(p, origin, "/oauth/par", c, apptest.NewRequest(c).Params),
		"/oauth/revoke":     callOf(p, origin, "/oauth/revoke", c, url.Values{"token": {tokens.Access()}}),
		"/oauth/introspect": callOf(p, origin, "/oauth/introspect", c, url.Values{"token": {"x"}}),
	} {
		h, expected := reply.Header, ""
		if want && path != "/oauth/introspect" {
			expected = origin
		}
		if got := h.Get("Access-Control-Allow-Origin"); got != expected || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s, %s from %s: Access-Control-Allow-Origin %q, want %q", what, path, origin, got, expected)
		}
	}
}

// Pages of an application that nobody declared may call for it, from where it
// takes people back, and others may not.
func TestCORSOfStrangers(t *testing.T) {
	eachDescribed(t, agentCallback, nil, func(t *testing.T, p *apptest.Provider, d *apptest.Described) {
		const own = "https://agent.example.com"
		readable(t, p, "described", d.Client, own, true)
		for _, origin := range []string{"https://evil.example", "http://agent.example.com", "null", "https://agent.example.com.evil.example", "https://spa.example.com.evil.example"} {
			readable(t, p, "described", d.Client, origin, false)
		}
		readable(t, p, "a declared client", apptest.Spa, own, false)

		made := call(t, p, "POST", "/oauth/register", initialToken, application(object{"token_endpoint_auth_method": "none", "redirect_uris": []string{"http://127.0.0.1/cb"}}))
		local := apptest.Client{ID: made.Text("client_id"), Redirect: "http://127.0.0.1:9999/cb"}
		readable(t, p, "registered", local, "http://127.0.0.1:6274", true)
		readable(t, p, "registered", local, "http://localhost:6274", false)

		for path, method := range map[string]string{"/oauth/token": http.MethodOptions, "/userinfo": http.MethodOptions, pathOpenID: http.MethodGet, pathJWKS: http.MethodGet, pathOAuth: http.MethodOptions} {
			for origin, want := range map[string]string{own: own, "http://localhost:6274": "http://localhost:6274", "http://agent.example.com": "", "null": ""} {
				h := callFrom(p, origin, method, path).Header
				if got := h.Get("Access-Control-Allow-Origin"); got != want || h.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s %s from %s: %q", method, path, origin, got)
				}
			}
		}
	}, registering(5))
}

// A page hears that its client is gone, or that its token is over: else it would take
// that for a network that is down, and neither register anew nor refresh.
func TestStrangersPagesHearWhatIsOver(t *testing.T) {
	d := apptest.NewDescribed(t, agentCallback, nil)
	p := one(t, registering(5), d.Allowed(), apptest.Faulty())
	made := call(t, p, "POST", "/oauth/register", initialToken, application(object{"token_endpoint_auth_method": "none"}))
	registered := apptest.Client{ID: made.Text("client_id"), Redirect: "https://reg.example.com/callback"}
	leave := func() {
		if reply := call(t, p, "DELETE", made.Text("registration_client_uri"), made.Text("registration_access_token"), nil); reply.Status != http.StatusNoContent {
			t.Fatalf("remove: %s", reply)
		}
		d.Answers(http.NotFound)
		p.Clock.Advance(time.Hour)
	}
	tokens := map[string]apptest.Reply{}
	for _, c := range []apptest.Client{registered, d.Client} {
		tokens[c.ID] = p.Browser().Tokens(apptest.Offline(c), ada)
	}
	heard := func(what, origin string, reply apptest.Reply, fault string) {
		t.Helper()
		refused(t, what, reply, http.StatusUnauthorized, fault)
		if got := reply.Header.Get("Access-Control-Allow-Origin"); got != origin || reply.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: Access-Control-Allow-Origin %q", what, got)
		}
	}
	p.Clock.Advance(time.Hour)
	for _, gone := range []bool{false, true} {
		if gone {
			leave()
		}
		for _, c := range []apptest.Client{registered, d.Client} {
			own := strings.TrimSuffix(c.Redirect, "/callback")
			info := p.NewRequest("/userinfo", nil)
			info.Header.Set("Authorization", "Bearer "+tokens[c.ID].Access())
			info.Header.Set("Origin", own)
			heard(c.ID+", an old token", own, p.Do(info), "invalid_token")
			if !gone {
				continue
			}
			heard(c.ID+", a refresh", own, callOf(p, own, "/oauth/token", c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens[c.ID].Refresh()}}), "invalid_client")
			heard(c.ID+", a push", own, callOf(p, own, "/oauth/par", c, apptest.NewRequest(c).Params), "invalid_client")
			heard(c.ID+", a revocation", own, callOf(p, own, "/oauth/revoke", c, url.Values{"token": {tokens[c.ID].Refresh()}}), "invalid_client")
		}
	}

	const own = "https://reg.example.com"
	// Where nobody can be a stranger, no such page is one's.
	closed := apptest.New(t, testdb.URL(t, "sqlite"))
	for path, form := range map[string]url.Values{"/oauth/token": {}, "/oauth/revoke": {"token": {"x"}}, "/oauth/par": {}} {
		if got := callOf(closed, own, path, registered, form).Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s, without strangers: Access-Control-Allow-Origin %q", path, got)
		}
	}
}
