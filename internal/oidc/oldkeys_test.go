package oidc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// An application keeps its ID token as long as its session, and sends it as a hint at
// the end: by then the key that signed it has left the JWKS. It is a hint all the same,
// and nothing else that the key signed counts.
func TestHintsOutliveTheirKeys(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		rotate := func() {
			t.Helper()
			if err := p.App.Keys.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b := p.Browser()
		hint := b.Tokens(apptest.NewRequest(apptest.Web), ada).ID()
		access := b.Tokens(apptest.NewRequest(apptest.JWT), ada).Access()
		kid, _ := apptest.JOSEHeader(t, hint)["kid"].(string)
		if _, err := p.App.Keys.Replace(t.Context(), "", true); err != nil {
			t.Fatal(err)
		}
		rotate()
		alive(t, "while the key is published", p, apptest.JWT, access)
		p.Clock.Advance(2 * time.Minute) // keep_retired
		rotate()
		if body := p.Get(pathJWKS, "").Body; strings.Contains(body, kid) {
			t.Errorf("the key is still published: %s", body)
		}
		refused(t, "an access token by that key", p.Get("/userinfo", access), http.StatusUnauthorized, "invalid_token")

		p.Clock.Advance(20 * 24 * time.Hour)
		rotate()
		r := apptest.NewRequest(apptest.Web).With("id_token_hint", hint, "prompt", "none")
		if got := asks(b.Authorize(r)); got != "code" {
			t.Errorf("silently, with the hint: %s", got)
		}
		page := b.Open(endSession("id_token_hint", hint, "post_logout_redirect_uri", signedOutURI))
		if page.Status != http.StatusOK {
			t.Fatalf("end of the session: %s", page)
		}
		if end := confirmed(t, b, page, true); end.Location() != signedOutURI {
			t.Errorf("goes to %s", end)
		}

		// No session is as old as this.
		p.Clock.Advance(71 * 24 * time.Hour)
		rotate()
		if page := b.Open(endSession("id_token_hint", hint)); page.Status != http.StatusBadRequest {
			t.Errorf("after the longest session: %s", page)
		}
		stored, err := p.App.Store.SigningKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range stored {
			if k.ID == kid {
				t.Errorf("key %s is still there: %s", k.ID, k.State)
			}
		}
	}, apptest.Configure(func(c *config.Config) { c.Keys.KeepRetired = config.Duration(time.Minute) }))
}
