package app_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/mirror"
	"idp/internal/secret"
	"idp/internal/testdb"
)

// Whoever has no token from the root secret sees what stands at every address where
// nothing is.
func TestMirrorIsNotThere(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	keys, err := secret.NewKeyring(secret.TokenOf(apptest.RootSecret))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := secret.NewKeyring(secret.NewToken())
	if err != nil {
		t.Fatal(err)
	}
	b := p.Browser()
	get := func(path, token string) (int, string) {
		req := b.NewRequest(http.MethodGet, path, nil)
		if token != "" {
			req.Header.Set(mirror.Header, token)
		}
		page := b.Do(req)
		return page.Status, regexp.MustCompile(`[A-Z2-7]{12}`).ReplaceAllString(page.Body, "ID")
	}
	status, nothing := get("/doctor/nothing", "")
	if status != http.StatusNotFound {
		t.Fatalf("%d", status)
	}
	for name, token := range map[string]string{"none": "", "nonsense": "x", "foreign": mirror.Token(foreign, p.URL, time.Now()).Reveal()} {
		if status, body := get(mirror.Path, token); status != http.StatusNotFound || body != nothing {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, body := get(mirror.Path, mirror.Token(keys, p.URL, time.Now()).Reveal()); status != http.StatusOK {
		t.Errorf("with a token: %d %s", status, body)
	}
}
