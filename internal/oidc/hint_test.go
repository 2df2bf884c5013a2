package oidc_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// An id_token_hint names the person the client expects (OpenID Connect Core
// §3.1.2.1). Only an ID token of ours for this very client counts; one that has
// expired is fine.
func TestIDTokenHint(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		mine := b.Tokens(apptest.NewRequest(apptest.Web), ada)
		p.Clock.Advance(2 * time.Hour) // that ID token has expired
		fresh := b.Tokens(apptest.NewRequest(apptest.Web), ada)
		bobs := p.Browser().Tokens(apptest.NewRequest(apptest.Web), bob)
		others := b.Tokens(apptest.NewRequest(apptest.Other), ada)
		jwt := b.Tokens(apptest.NewRequest(apptest.JWT), ada)
		for what, c := range map[string]struct {
			client       apptest.Client
			hint         string
			silent, page string
		}{
			"right":               {apptest.Web, fresh.ID(), "code", "code"},
			"expired":             {apptest.Web, mine.ID(), "code", "code"},
			"another person's":    {apptest.Web, bobs.ID(), "login_required", "/login"},
			"another client's":    {apptest.Web, others.ID(), "invalid_request", "invalid_request"},
			"opaque access token": {apptest.Web, fresh.Access(), "invalid_request", "invalid_request"},
			"JWT access token":    {apptest.JWT, jwt.Access(), "invalid_request", "invalid_request"},
			"garbage":             {apptest.Web, "garbage", "invalid_request", "invalid_request"},
			"three empty parts":   {apptest.Web, "..", "invalid_request", "invalid_request"},
			"no signature":        {apptest.Web, fresh.ID()[:strings.LastIndex(fresh.ID(), ".")+1], "invalid_request", "invalid_request"},
			"other signature":     {apptest.Web, signedLike(fresh.ID(), bobs.ID()), "invalid_request", "invalid_request"},
			"alg none":            {apptest.Web, unsigned(fresh.ID()), "invalid_request", "invalid_request"},
		} {
			r := apptest.NewRequest(c.client).With("id_token_hint", c.hint)
			silent := b.Authorize(r.With("prompt", "none"))
			complete(t, p, r, silent.MustAnswer())
			if got := asks(silent); got != c.silent {
				t.Errorf("%s with prompt=none: %s, want %s", what, got, c.silent)
			}
			if got := asks(b.Authorize(r)); got != c.page {
				t.Errorf("%s: %s, want %s", what, got, c.page)
			}
		}
	})
}

// The person the hint names can still sign in; when somebody else does, the
// client hears of it instead of the form going round in circles.
func TestSignInAfterAHintForSomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		hint := p.Browser().Tokens(apptest.NewRequest(apptest.Web), bob).ID()
		r := apptest.NewRequest(apptest.Web).With("id_token_hint", hint)

		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		p.Clock.Advance(time.Second)
		right := b.SignIn(r, bob)
		complete(t, p, r, right)
		if claims := apptest.Claims(t, p.Redeem(r, right.Code()).ID()); claims["email"] != bob {
			t.Errorf("signed in as %v", claims["email"])
		}

		wrong := p.Browser().SignIn(r, ada)
		complete(t, p, r, wrong)
		if wrong.Fault() != "login_required" || wrong.Code() != "" {
			t.Errorf("another person signed in: %v", wrong)
		}
	})
}
