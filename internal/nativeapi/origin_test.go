package nativeapi_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
)

const shop = "https://shop.example.com"

var posts = []string{nativeapi.PathSend, nativeapi.PathLink, nativeapi.PathCode}

// A page may call from its client's own origins only, and never without the
// header that no form can send.
func TestOrigins(t *testing.T) {
	p := one(t)
	for _, c := range []struct {
		what, origin, with string
		client             apptest.Client
		allowed, forbidden bool
	}{
		{what: "a program", client: apptest.Shop},
		{what: "a program with the header", client: apptest.Shop, with: "app"},
		{what: "the shop's page", client: apptest.Shop, origin: shop, with: "shop", allowed: true},
		{what: "the shop's page without the header", client: apptest.Shop, origin: shop, allowed: true, forbidden: true},
		{what: "the shop's page for another client", client: apptest.Phone, origin: shop, with: "shop", allowed: true, forbidden: true},
		{what: "an origin of a client without the API", client: apptest.Shop, origin: "https://spa.example.com", with: "spa", forbidden: true},
		{what: "a stranger's page", client: apptest.Shop, origin: "https://evil.example", with: "x", forbidden: true},
		{what: "an origin that looks alike", client: apptest.Shop, origin: shop + ".evil.example", with: "x", forbidden: true},
		{what: "plain http", client: apptest.Shop, origin: "http://shop.example.com", with: "x", forbidden: true},
		{what: "a sandbox", client: apptest.Shop, origin: "null", with: "x", forbidden: true},
		{what: "a page of ours", client: apptest.Shop, origin: p.URL, with: "x", forbidden: true},
	} {
		for _, path := range posts {
			req := p.JSONRequest(path, c.client, "email", ada, "code", "000000", "token", "x")
			if path == nativeapi.PathSend {
				req = p.JSONRequest(path, c.client, "email", ada)
			}
			setAll(req, c.origin, c.with)
			reply := p.Do(req)
			if c.forbidden {
				refused(t, c.what+" at "+path, reply, http.StatusForbidden, "forbidden")
			} else if reply.Status == http.StatusForbidden {
				t.Errorf("%s at %s: %s", c.what, path, reply)
			}
			corsAnswer(t, c.what+" at "+path, reply, c.origin, c.allowed)
		}
	}
}

// With a bearer token the header is not needed: no page sends one by itself. The
// origin must fit all the same.
func TestOriginsOfBearers(t *testing.T) {
	p := one(t)
	token := signIn(t, p, apptest.Shop, ada).Text("session_token")
	for _, c := range []struct {
		what, origin string
		allowed      bool
		status       int
	}{
		{"the shop's page", shop, true, http.StatusOK},
		{"a stranger's page", "https://evil.example", false, http.StatusForbidden},
		{"an origin of a client without the API", "https://spa.example.com", false, http.StatusForbidden},
		{"a sandbox", "null", false, http.StatusForbidden},
		{"a program", "", false, http.StatusOK},
	} {
		for _, path := range []string{nativeapi.PathMe, nativeapi.PathSignOut} {
			req := p.NewRequest(path, nil)
			if path == nativeapi.PathSignOut {
				if c.status == http.StatusOK {
					continue // it would end the token
				}
				req.Method = http.MethodPost
			}
			req.Header.Set("Authorization", "Bearer "+token)
			setAll(req, c.origin, "")
			reply := p.Do(req)
			if reply.Status != c.status {
				t.Errorf("%s at %s: %s", c.what, path, reply)
			}
			corsAnswer(t, c.what+" at "+path, reply, c.origin, c.allowed)
		}
	}
}

func TestPreflight(t *testing.T) {
	p := one(t)
	for _, path := range append(posts, nativeapi.PathMe, nativeapi.PathSignOut) {
		for origin, allowed := range map[string]bool{shop: true, "https://evil.example": false, "https://spa.example.com": false, "null": false} {
			req := p.NewRequest(path, nil)
			req.Method = http.MethodOptions
			setAll(req, origin, "")
			req.Header.Set("Access-Control-Request-Method", "POST")
			req.Header.Set("Access-Control-Request-Headers", "content-type,x-requested-with")
			reply := p.Do(req)
			if reply.Status != http.StatusNoContent || reply.Body != "" {
				t.Errorf("%s: %s", path, reply)
			}
			corsAnswer(t, path+" from "+origin, reply, origin, allowed)
			headers := strings.ToLower(reply.Header.Get("Access-Control-Allow-Headers"))
			for _, name := range []string{"authorization", "content-type", "x-requested-with"} {
				if strings.Contains(headers, name) != allowed {
					t.Errorf("%s from %s allows the headers %q", path, origin, headers)
				}
			}
		}
	}
}

func setAll(req *http.Request, origin, with string) {
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	if with != "" {
		req.Header.Set("X-Requested-With", with)
	}
}

func corsAnswer(t *testing.T, what string, reply apptest.Reply, origin string, allowed bool) {
	t.Helper()
	want := ""
	if allowed {
		want = origin
	}
	if got := reply.Header.Get("Access-Control-Allow-Origin"); got != want {
		t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", what, got, want)
	}
	if reply.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s: credentials are allowed", what)
	}
	if !strings.Contains(reply.Header.Get("Vary"), "Origin") {
		t.Errorf("%s: no Vary: Origin", what)
	}
}
