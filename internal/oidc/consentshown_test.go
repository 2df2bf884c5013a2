package oidc_test

import (
	"strings"
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

// A yes is of the person who saw the question. Whoever signed in meanwhile, in
// another tab, sees it first.
func TestConsentIsOfWhoSawThePage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		page := b.Authorize(apptest.NewRequest(apptest.Once))
		device := wait(t, p, apptest.TV, "openid email")
		connect := typed(b, device)
		p.Clock.Advance(time.Second)
		b.SignIn(apptest.NewRequest(apptest.Web).With("prompt", "login"), bob)

		again := b.Submit(page.Form("/login/consent"), "allow")
		if got := asks(again); got != "/login/consent" {
			t.Errorf("ada's page, pressed by bob: %s", got)
		} else if got := asks(b.Submit(again.Form("/login/consent"), "allow")); got != "code" {
			t.Errorf("his own: %s", got)
		}
		seen := b.Submit(connect.Form("/device/connect"), "connect")
		refused(t, "ada's page of the device, pressed by bob", poll(p, apptest.TV, device), 400, "authorization_pending")
		if !seen.HasForm("/device/connect") {
			t.Fatalf("he does not see it: %s", seen)
		}
		b.Submit(seen.Form("/device/connect"), "connect")
		granted(t, "his own", poll(p, apptest.TV, device))
	})
}

// "Go on as ada" is no answer of bob's, who signed in in another tab meanwhile.
func TestChoiceIsOfWhoSawThePage(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	p.Clock.Advance(time.Second)
	r := apptest.NewRequest(apptest.Other).With("prompt", "select_account")
	page := b.Authorize(r)
	p.Clock.Advance(time.Second)
	b.SignIn(apptest.NewRequest(apptest.Web).With("prompt", "login"), bob)

	again := b.Submit(page.Form("/login/account"), "stay")
	if got := asks(again); got != "/login/account" || !strings.Contains(again.Text(), bob) {
		t.Fatalf("ada's page, pressed by bob: %s, %s", got, again.Text())
	}
	answer := b.Submit(again.Form("/login/account"), "stay").MustAnswer()
	if got := apptest.Claims(t, p.Redeem(r, answer.Code()).ID())["email"]; got != bob {
		t.Errorf("his own: %v", got)
	}
}
