package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
)

func TestConsent(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		step := func(what string, r apptest.Request, want string) *apptest.Page {
			t.Helper()
			p.Clock.Advance(time.Second)
			page := b.Authorize(r)
			if got := asks(page); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
			return page
		}
		r := apptest.NewRequest(apptest.Once)
		no := b.Submit(step("first", r, "/login/consent").Form("/login/consent"), "deny").MustAnswer()
		complete(t, p, r, no)
		if no.Fault() != "access_denied" || no.Code() != "" {
			t.Errorf("a no is %v", no)
		}
		yes := b.Submit(step("after a no", r, "/login/consent").Form("/login/consent"), "allow").MustAnswer()
		complete(t, p, r, yes)
		granted(t, "after a yes", p.Redeem(r, yes.Code()))
		step("again", r, "code")
		step("again, silently", r.With("prompt", "none"), "code")
		step("fewer scopes", r.With("scope", "openid"), "code")
		step("more scopes", r.With("scope", "openid email profile offline_access"), "/login/consent")
		step("asked for", r.With("prompt", "consent"), "/login/consent")
		step("another client's", apptest.NewRequest(apptest.Native), "/login/consent")

		always := apptest.NewRequest(apptest.Always)
		for range 2 {
			page := step("always", always, "/login/consent")
			complete(t, p, always, b.Submit(page.Form("/login/consent"), "allow").MustAnswer())
		}
		step("always, silently", always.With("prompt", "none"), "consent_required")

		// Disconnecting takes the yes back.
		const disconnect = "/account/applications/once/disconnect"
		b.Submit(b.Open(disconnect).Form(disconnect))
		step("after disconnecting", r, "/login/consent")
	})
}

// The yes of one person, or for one client, is no yes of another.
func TestConsentIsPersonal(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Once), ada)
		other := p.Browser()
		other.SignIn(apptest.NewRequest(apptest.Web), bob)
		if got := asks(other.Authorize(apptest.NewRequest(apptest.Once))); got != "/login/consent" {
			t.Errorf("bob is not asked: %s", got)
		}
		again := p.Browser()
		again.SignIn(apptest.NewRequest(apptest.Web), ada)
		if got := asks(again.Authorize(apptest.NewRequest(apptest.Once))); got != "code" {
			t.Errorf("ada is asked again in another browser: %s", got)
		}
	})
}
