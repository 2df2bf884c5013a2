package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// Where tokens may go is part of what a person allows.
func TestConsentToResources(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		change(t, p, "agent", func(c *idp.Client) { c.Consent = idp.ConsentOnce })
		b := p.Browser()
		r := func(resources ...string) apptest.Request {
			r := apptest.NewRequest(apptest.Agent).With("scope", "openid notes.read")
			r.Params["resource"] = resources
			return r
		}
		b.SignIn(r(), ada)
		for _, c := range []struct {
			what string
			r    apptest.Request
			asks string
		}{
			{"the same", r(), "code"},
			{"a resource", r(apptest.API), "/login/consent"},
			{"the same resource", r(apptest.API), "code"},
			{"fewer", r(), "code"},
			{"one more", r(apptest.API, apptest.Files), "/login/consent"},
			{"one of both", r(apptest.Files), "code"},
		} {
			p.Clock.Advance(time.Second)
			page := b.Authorize(c.r)
			if got := asks(page); got != c.asks {
				t.Fatalf("%s: %s, want %s", c.what, got, c.asks)
			}
			if c.asks != "code" {
				b.Submit(page.Form("/login/consent"), "allow").MustAnswer()
			}
		}
	})
}
