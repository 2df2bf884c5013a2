package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/testdb"
)

// What is open for the administrator's own servers is not for strangers.
func TestStrangersAreNotLetInside(t *testing.T) {
	t.Parallel()
	d := apptest.NewDescribed(t, agentCallback, nil)
	for what, opt := range map[string]func(*config.Config){
		"neither":                  func(c *config.Config) { c.ClientsByMetadata.PrivateTargets, c.ClientsByMetadata.TrustedCAs = nil, nil },
		"a certificate of our own": func(c *config.Config) { c.ClientsByMetadata.TrustedCAs = nil },
		"a network of our own":     func(c *config.Config) { c.ClientsByMetadata.PrivateTargets = nil },
	} {
		p := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed(), apptest.Configure(opt), apptest.Faulty())
		if page := p.Browser().Authorize(apptest.NewRequest(d.Client)); page.Status != http.StatusServiceUnavailable || d.Fetches.Load() != 0 {
			t.Errorf("%s: after %d fetches: %s", what, d.Fetches.Load(), page)
		}
	}
}

// The keys of a stranger are not looked for inside either; those of a declared
// application are.
func TestStrangersKeysAreNotLookedForInside(t *testing.T) {
	t.Parallel()
	d := apptest.NewDescribed(t, agentCallback, nil)
	var keys atomic.Pointer[[]byte]
	var fetches atomic.Int64
	es := appKeys()["ES256"]
	set := jwksOf(t, es)
	keys.Store(&set)
	publishing(d, nil, &keys, &fetches)
	p := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed(), apptest.Faulty(), apptest.Configure(func(c *config.Config) {
		c.ClientsByMetadata.PrivateTargets, c.ClientsByMetadata.TrustedCAs = nil, nil
		for _, id := range []string{"stranger", "declared"} {
			c.Declared = append(c.Declared, idp.Client{
				ID: id, Name: id, AuthMethod: idp.AuthKey, JWKSURI: "https://" + d.Host + "/jwks", RedirectURIs: []string{agentCallback}, Stranger: id == "stranger",
			})
		}
	}))
	form := url.Values{"token": {"x"}}
	refused(t, "a stranger", es.post(t, p, "/oauth/introspect", apptest.Client{ID: "stranger"}, form), http.StatusServiceUnavailable, "temporarily_unavailable")
	if fetches.Load() != 0 {
		t.Errorf("%d fetches for a stranger", fetches.Load())
	}
	if reply := es.post(t, p, "/oauth/introspect", apptest.Client{ID: "declared"}, form); reply.Status != http.StatusOK || fetches.Load() != 1 {
		t.Errorf("declared, after %d fetches: %s", fetches.Load(), reply)
	}
}

// However fetching failed, a page says one thing: nobody can look around in our
// networks by it.
func TestOnePageForAllThatIsNotFetched(t *testing.T) {
	t.Parallel()
	d := apptest.NewDescribed(t, agentCallback, nil)
	p := apptest.New(t, testdb.URL(t, "sqlite"), d.Allowed(), apptest.Faulty(), apptest.Configure(func(c *config.Config) { c.ClientsByMetadata.Allow = append(c.ClientsByMetadata.Allow, "*") }))
	b := p.Browser()
	said := func(id string) string {
		page := b.Authorize(apptest.NewRequest(apptest.Client{ID: id, Redirect: agentCallback}))
		text, _, _ := strings.Cut(strings.ReplaceAll(page.Text(), id, "ID"), "Request ")
		return http.StatusText(page.Status) + " " + text
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	d.Answers(status(http.StatusBadGateway))
	want := said(d.ID)
	if !strings.Contains(want, "cannot be checked now") {
		t.Fatal(want)
	}
	for what, h := range map[string]http.HandlerFunc{
		"404": status(404), "200 without a type": status(200), "302": status(302), "403": status(403),
		"too large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 20<<10)) },
	} {
		p.Clock.Advance(2 * time.Minute)
		d.Answers(h)
		if got := said(d.ID); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}
	for what, id := range map[string]string{"a closed port": "https://127.0.0.1/c", "inside": "https://10.0.0.1/c", "no such name": "https://nowhere.invalid/c"} {
		if got := said(id); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}
}
