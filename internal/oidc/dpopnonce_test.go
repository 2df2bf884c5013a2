package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// nonced must bring back nonces.
var nonced = apptest.Client{ID: "nonced", Redirect: "https://nonced.example.com/callback"}

func noncedClient() apptest.Option {
	return apptest.Clients(`  - id: nonced
    name: Nonced
    type: public
    dpop: required
    dpop_nonce: required
    cors_origins: ["https://nonced.example.com"]
    redirect_uris: ["https://nonced.example.com/callback"]
`)
}

// withNonce is a good proof that brings back a nonce.
func (d prover) withNonce(method, path, token string, nonce any) string {
	d.t.Helper()
	return d.key.jws(d.t, d.header(), with(d.claims(method, path, token), "nonce", nonce))
}

// nonceOf is the nonce that an answer brings; it must be one.
func nonceOf(t testing.TB, what string, reply apptest.Reply) string {
	t.Helper()
	nonce := reply.Header.Get("DPoP-Nonce")
	if len(nonce) < 40 || strings.ContainsAny(nonce, " \"\\") {
		t.Fatalf("%s: DPoP-Nonce is %q: %s", what, nonce, reply)
	}
	return nonce
}

// Each endpoint that takes proofs asks for a nonce, takes it for two windows, and
// offers the next one in good time (RFC 9449 §8, §9).
func TestDPoPNonce(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		d, r := newProver(t, p, "ES256"), apptest.Offline(nonced)
		code := p.Browser().SignIn(r, ada).Code()
		first := d.token(nonced, r.CodeForm(code))
		refused(t, "without a nonce", first, http.StatusBadRequest, "use_dpop_nonce")
		nonce := nonceOf(t, "token", first)
		push := d.post("/oauth/par", nonced, r.Params, d.proof("POST", "/oauth/par", ""))
		refused(t, "push without a nonce", push, http.StatusBadRequest, "use_dpop_nonce")
		if got := nonceOf(t, "push", push); got != nonce {
			t.Errorf("two nonces in one window: %q and %q", nonce, got)
		}
		tokens := d.post("/oauth/token", nonced, r.CodeForm(code), d.withNonce("POST", "/oauth/token", "", nonce))
		granted(t, "with the nonce: the code was not spent", tokens)
		if tokens.Header.Get("DPoP-Nonce") != "" {
			t.Error("the client is told what it knows")
		}
		if reply := d.post("/oauth/par", nonced, r.Params, d.withNonce("POST", "/oauth/par", "", nonce)); reply.Status != http.StatusCreated {
			t.Errorf("push with the nonce: %s", reply)
		}
		token := tokens.Access()
		if reply := d.userinfo("DPoP", token, d.withNonce("GET", "/userinfo", token, nonce)); reply.Status != http.StatusOK {
			t.Errorf("userinfo with the nonce: %s", reply)
		}
		refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.Refresh()}}
		p.Clock.Advance(5 * time.Minute)
		next := d.post("/oauth/token", nonced, refresh, d.withNonce("POST", "/oauth/token", "", nonce))
		granted(t, "the nonce of the window before", next)
		newest := nonceOf(t, "the next window", next)
		if newest == nonce {
			t.Error("the nonce does not change")
		}
		p.Clock.Advance(5 * time.Minute)
		refresh.Set("refresh_token", next.Refresh())
		for what, bad := range map[string]any{"an old nonce": nonce, "a forged one": "x", "another's MAC": newest + "x", "a number": 1, "none": nil, "empty": ""} {
			reply := d.post("/oauth/token", nonced, refresh, d.withNonce("POST", "/oauth/token", "", bad))
			if reply.Status != http.StatusBadRequest || reply.Fault() != "use_dpop_nonce" && what != "a number" || reply.Fault() == "" {
				t.Errorf("%s: %s", what, reply)
			}
		}
		bad := d.userinfo("DPoP", next.Access(), d.withNonce("GET", "/userinfo", next.Access(), nonce))
		refused(t, "userinfo with an old nonce", bad, http.StatusUnauthorized, "use_dpop_nonce")
		if challenge := bad.Header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "DPoP ") || !strings.Contains(challenge, `error="use_dpop_nonce"`) {
			t.Errorf("userinfo's challenge is %q", challenge)
		}
		nonceOf(t, "userinfo", bad)
	}, noncedClient())
}

// An assertion that came with a proof without a nonce may come again with one.
func TestNonceDoesNotSpendTheAssertion(t *testing.T) {
	p := one(t, apptest.Clients(`  - id: fapinonce
    name: FAPI
    auth_method: private_key_jwt
    require_par: true
    dpop: required
    dpop_nonce: required
    jwks: `+string(jwksOf(t, appKeys()["EdDSA"]))+`
    redirect_uris: ["https://fapinonce.example.com/callback"]
`))
	c := apptest.Client{ID: "fapinonce", Redirect: "https://fapinonce.example.com/callback"}
	d, form := newProver(t, p, "ES256"), apptest.NewRequest(c).Params
	assertion := appKeys()["EdDSA"].jws(t, nil, assertionClaims(p, c))
	send := func(proof string) apptest.Reply {
		req := p.NewRequest("/oauth/par", asserted(form, assertion))
		req.Header.Set("DPoP", proof)
		return p.Do(req)
	}
	first := send(d.proof("POST", "/oauth/par", ""))
	refused(t, "without a nonce", first, http.StatusBadRequest, "use_dpop_nonce")
	nonce := nonceOf(t, "push", first)
	if reply := send(d.withNonce("POST", "/oauth/par", "", nonce)); reply.Status != http.StatusCreated {
		t.Errorf("with the nonce: %s", reply)
	}
	refused(t, "a third time", send(d.withNonce("POST", "/oauth/par", "", nonce)), http.StatusUnauthorized, "invalid_client")
}

// A page can read what it needs to try again, and whoever need not bring a nonce is
// not bothered.
func TestNonceIsExposedToPages(t *testing.T) {
	p := one(t, noncedClient(), signedClients())
	d := newProver(t, p, "ES256")
	req := p.NewRequest("/oauth/token", url.Values{"client_id": {"nonced"}, "grant_type": {"refresh_token"}, "refresh_token": {"x"}})
	req.Header.Set("Origin", "https://nonced.example.com")
	req.Header.Set("DPoP", d.proof("POST", "/oauth/token", ""))
	reply := p.Do(req)
	nonceOf(t, "token", reply)
	if exposed := reply.Header.Get("Access-Control-Expose-Headers"); exposed != "DPoP-Nonce, WWW-Authenticate" {
		t.Errorf("exposed is %q", exposed)
	}
	if other := d.tokens(apptest.NewRequest(bound)); other.Header.Get("DPoP-Nonce") != "" {
		t.Error("a client without nonces gets one")
	}
}
