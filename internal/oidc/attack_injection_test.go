package oidc_test

import (
	"testing"

	"idp/internal/apptest"
)

// An attacker puts a code that he stole into his own session at the application,
// to be signed in as the victim. The application sends its own verifier along,
// which does not fit (RFC 9700 §4.5).
func TestInjectedCodeDoesNotFitTheVerifier(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Web, apptest.Spa, apptest.Native} {
			victims, attackers := apptest.NewRequest(client), apptest.NewRequest(client)
			stolen := p.Browser().SignIn(victims, ada).Code()
			p.Browser().SignIn(attackers, bob)
			refused(t, client.ID, p.Redeem(attackers, stolen), 400, "invalid_grant")
			granted(t, client.ID+", its owner", p.Redeem(victims, stolen))
		}
	})
}

// An application that is excused from PKCE is protected by its nonce: the ID
// token of an injected code carries the nonce of the request it came from.
func TestInjectedCodeCarriesItsOwnNonce(t *testing.T) {
	p := one(t)
	victims, attackers := apptest.NewRequest(apptest.Loose).WithoutPKCE(), apptest.NewRequest(apptest.Loose).WithoutPKCE()
	reply := p.Redeem(attackers, p.Browser().SignIn(victims, ada).Code())
	granted(t, "injected", reply)
	if nonce := apptest.Claims(t, reply.ID())["nonce"]; nonce != victims.Params.Get("nonce") || nonce == attackers.Params.Get("nonce") {
		t.Errorf("nonce %v", nonce)
	}
}

// PKCE downgrade: an attacker removes the challenge on the way out, so that the
// code is bound to nothing. The application still sends its verifier, and that
// betrays it (RFC 9700 §4.8).
func TestStrippedChallengeIsNoticed(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Loose)
	code := p.Browser().SignIn(r.WithoutPKCE(), ada).Code()
	refused(t, "stripped", p.Redeem(r, code), 400, "invalid_grant")
	// And a required challenge cannot be stripped at all.
	wantFault(t, "web", p, apptest.NewRequest(apptest.Web).WithoutPKCE(), "invalid_request")
}

// Mix-up: an attacker's provider makes an honest client send our code elsewhere.
// Every answer says whose it is, errors too (RFC 9207).
func TestEveryAnswerNamesTheIssuer(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	for what, r := range map[string]apptest.Request{
		"code": apptest.NewRequest(apptest.Web), "fault": apptest.NewRequest(apptest.Web).With("response_type", "token"),
		"refusal": apptest.NewRequest(apptest.Once).With("prompt", "none"), "form_post": apptest.NewRequest(apptest.Web).With("response_mode", "form_post"),
		"form_post fault": apptest.NewRequest(apptest.Web).With("response_mode", "form_post", "max_age", "x"),
	} {
		if iss := b.Authorize(r).MustAnswer().Params["iss"]; len(iss) != 1 || iss[0] != p.URL {
			t.Errorf("%s: iss is %v", what, iss)
		}
	}
}
