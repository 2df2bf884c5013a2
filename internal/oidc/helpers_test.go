package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
)

// each runs test against a running provider on each database.
func each(t *testing.T, test func(t *testing.T, p *apptest.Provider), opts ...apptest.Option) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) { test(t, apptest.New(t, url, opts...)) })
}

// one starts a provider for a test of what no database has a say in.
func one(t *testing.T, opts ...apptest.Option) *apptest.Provider {
	t.Helper()
	t.Parallel()
	return apptest.New(t, testdb.URL(t, "sqlite"), opts...)
}

// refused fails the test unless the reply is this OAuth error and gives nothing
// else away.
func refused(t *testing.T, what string, r apptest.Reply, status int, fault string) {
	t.Helper()
	if r.Status != status || r.Fault() != fault {
		t.Errorf("%s: %s, want %d %s", what, r, status, fault)
	}
	for _, name := range []string{"access_token", "refresh_token", "id_token", "sub", "active"} {
		if _, found := r.JSON[name]; found {
			t.Errorf("%s: refused, and yet the answer has %s", what, name)
		}
	}
	uncached(t, what, r.Header)
}

// granted fails the test unless the reply is a success.
func granted(t *testing.T, what string, r apptest.Reply) {
	t.Helper()
	if r.Status != http.StatusOK || r.Access() == "" {
		t.Fatalf("%s: %s", what, r)
	}
	uncached(t, what, r.Header)
}

// uncached is RFC 6749 §5.1: nobody on the way may keep tokens.
func uncached(t *testing.T, what string, h http.Header) {
	t.Helper()
	if h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		t.Errorf("%s: Cache-Control %q, Content-Type %q", what, h.Get("Cache-Control"), h.Get("Content-Type"))
	}
}

// alive and dead say whether an access token works, at both places that know.
func alive(t *testing.T, what string, p *apptest.Provider, c apptest.Client, token string) {
	t.Helper()
	if r := p.Get("/userinfo", token); r.Status != http.StatusOK || r.Text("sub") == "" {
		t.Errorf("%s: userinfo answers %s, want the person", what, r)
	}
	if r := p.Introspect(c, token); !c.Public() && r.JSON["active"] != true {
		t.Errorf("%s: introspection answers %s, want active", what, r)
	}
}

func dead(t *testing.T, what string, p *apptest.Provider, c apptest.Client, token string) {
	t.Helper()
	refused(t, what+": userinfo", p.Get("/userinfo", token), http.StatusUnauthorized, "invalid_token")
	if c.Public() {
		return
	}
	if r := p.Introspect(c, token); r.Status != http.StatusOK || r.Body != `{"active":false}` {
		t.Errorf("%s: introspection answers %s, want inactive and nothing more", what, r)
	}
}
