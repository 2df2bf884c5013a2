package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
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
