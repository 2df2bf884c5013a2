package oidc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// Browser applications may call the endpoints that answer them, from registered
// origins and without cookies (RFC 10017); no page, and not the authorization
// endpoint, can be read by another site (RFC 9700 §2.6).
func TestCORS(t *testing.T) {
	p := one(t)
	const registered = "https://spa.example.com"
	open := []string{"/oauth/token", "/userinfo", "/oauth/revoke", pathJWKS, pathOpenID, pathOAuth}
	closed := []string{"/authorize", "/authorize/continue", "/login", "/account", "/end_session", "/oauth/introspect", "/"}
	for _, path := range slices.Concat(open, closed) {
		for _, origin := range []string{registered, "https://evil.example", "null", registered + ".evil.example", "http://spa.example.com", "https://web.example.com", p.URL} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
				h := callFrom(p, origin, method, path).Header
				allowed := origin == registered && slices.Contains(open, path)
				want := ""
				if allowed {
					want = origin
				}
				if got := h.Get("Access-Control-Allow-Origin"); got != want && !(got == "" && methodRefused(path, method)) {
					t.Errorf("%s %s from %s: Access-Control-Allow-Origin %q, want %q", method, path, origin, got, want)
				}
				if h.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s %s allows credentials", method, path)
				}
				if allowed && method == http.MethodOptions && !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
					t.Errorf("preflight of %s: %v", path, h)
				}
				if allowed && h.Get("Access-Control-Allow-Origin") != "" && !strings.Contains(h.Get("Vary"), "Origin") {
					t.Errorf("%s %s: no Vary: Origin", method, path)
				}
			}
		}
	}
}

// methodRefused reports whether the path answers 405 to the method.
func methodRefused(path, method string) bool {
	switch path {
	case "/oauth/token", "/oauth/revoke":
		return method == http.MethodGet
	case pathJWKS, pathOpenID, pathOAuth:
		return method == http.MethodPost
	}
	return false
}

func callFrom(p *apptest.Provider, origin, method, path string) apptest.Reply {
	req := p.NewRequest(path, nil)
	req.Method = method
	req.Header.Set("Origin", origin)
	if method == http.MethodOptions {
		req.Header.Set("Access-Control-Request-Method", "POST")
		req.Header.Set("Access-Control-Request-Headers", "authorization")
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return p.Do(req)
}

// A cache on the way must not answer pages of one origin with what it was told
// without one.
func TestVaryWithoutOrigin(t *testing.T) {
	p := one(t)
	for _, path := range []string{pathOpenID, pathOAuth, pathJWKS} {
		if h := p.Get(path, "").Header; h.Get("Vary") != "Origin" {
			t.Errorf("%s: Vary %q", path, h["Vary"])
		}
	}
}
