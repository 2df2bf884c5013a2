package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// badProofs are one change each to a good proof's claims.
func badProofs(p *apptest.Provider) map[string]map[string]any {
	now := p.Clock.Now().Unix()
	return map[string]map[string]any{
		"no jti": {"jti": nil}, "empty jti": {"jti": ""}, "no htm": {"htm": nil}, "no htu": {"htu": nil}, "no iat": {"iat": nil}, "no ath": {"ath": nil},
		"another method": {"htm": "POST"}, "method in lower case": {"htm": "get"},
		"another path": {"htu": p.URL + "/oauth/token"}, "another host": {"htu": "https://evil.example/userinfo"}, "a longer path": {"htu": p.URL + "/userinfo/"},
		"a user in htu": {"htu": strings.Replace(p.URL, "://", "://x@", 1) + "/userinfo"}, "a path alone": {"htu": "/userinfo"}, "encoded path": {"htu": p.URL + "/%75serinfo"},
		"iat an hour ago": {"iat": now - 3600}, "iat in an hour": {"iat": now + 3600}, "iat 61 seconds ago": {"iat": now - 61}, "iat in 62 seconds": {"iat": now + 62},
		"iat is a text": {"iat": "now"}, "iat is huge": {"iat": 1e300}, "expired": {"exp": now - 60}, "nbf ahead": {"nbf": now + 61},
		"ath of another token": {"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}, "ath is a list": {"ath": []string{"x"}}, "a long jti": {"jti": strings.Repeat("x", 513)},
	}
}

// goodProofs may look odd and are right (RFC 9449 §4.3).
func goodProofs(p *apptest.Provider) map[string]map[string]any {
	now := p.Clock.Now().Unix()
	return map[string]map[string]any{
		"a query in htu": {"htu": p.URL + "/userinfo?x=1"}, "a fragment in htu": {"htu": p.URL + "/userinfo#x"},
		"upper case host":    {"htu": strings.Replace(p.URL, "http://", "HTTP://", 1) + "/userinfo"},
		"iat 10 seconds ago": {"iat": now - 10}, "iat in 10 seconds": {"iat": now + 10}, "exp and nbf": {"exp": now + 300, "nbf": now},
		"more claims": {"nonce": "x", "foo": map[string]any{"a": 1}},
	}
}

func TestProofsAtUserinfo(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		d := newProver(t, p, "ES256")
		access := d.tokens(apptest.NewRequest(apptest.Web)).Access()
		for what, change := range badProofs(p) {
			proof := d.key.jws(t, d.header(), changed(d.claims("GET", "/userinfo", access), change))
			reply := d.userinfo("DPoP", access, proof)
			refused(t, what, reply, http.StatusUnauthorized, "invalid_dpop_proof")
			if challenge := reply.Header.Get("WWW-Authenticate"); !strings.Contains(challenge, `error="invalid_dpop_proof"`) || !strings.Contains(challenge, "algs=") {
				t.Errorf("%s: the challenge is %q", what, challenge)
			}
		}
		for what, change := range goodProofs(p) {
			proof := d.key.jws(t, d.header(), changed(d.claims("GET", "/userinfo", access), change))
			if reply := d.userinfo("DPoP", access, proof); reply.Status != http.StatusOK {
				t.Errorf("%s: %s", what, reply)
			}
		}
		for _, scheme := range []string{"dpop", "DPOP", "dPoP"} {
			if reply := d.userinfo(scheme, access, d.proof("GET", "/userinfo", access)); reply.Status != http.StatusOK {
				t.Errorf("scheme %s: %s", scheme, reply)
			}
		}
		proof := d.proof("GET", "/userinfo", access)
		d.userinfo("DPoP", access, proof)
		refused(t, "the same proof again", d.userinfo("DPoP", access, proof), http.StatusUnauthorized, "invalid_dpop_proof")
		refused(t, "no proof", d.userinfo("DPoP", access, ""), http.StatusUnauthorized, "invalid_dpop_proof")
		refused(t, "a proof and Bearer", d.userinfo("Bearer", access, d.proof("GET", "/userinfo", access)), http.StatusUnauthorized, "invalid_token")
		other := newProver(t, p, "EdDSA")
		refused(t, "another key", other.userinfo("DPoP", access, other.proof("GET", "/userinfo", access)), http.StatusUnauthorized, "invalid_token")
		plain := p.Browser().Tokens(apptest.NewRequest(apptest.Web), ada).Access()
		refused(t, "a bearer token as a bound one", d.userinfo("DPoP", plain, d.proof("GET", "/userinfo", plain)), http.StatusUnauthorized, "invalid_token")
	})
}

// The key comes with the proof, and so does everything an attacker can do to it.
func TestProofHeaders(t *testing.T) {
	p := one(t)
	d, rsaKey := newProver(t, p, "ES256"), appKeys()["PS256"]
	access := d.tokens(apptest.NewRequest(apptest.Web)).Access()
	claims := func() map[string]any { return d.claims("GET", "/userinfo", access) }
	text := d.proof("GET", "/userinfo", access)
	for what, proof := range map[string]string{
		"no typ":              d.key.jws(t, changed(d.header(), map[string]any{"typ": nil}), claims()),
		"typ JWT":             d.key.jws(t, changed(d.header(), map[string]any{"typ": "JWT"}), claims()),
		"no jwk":              d.key.jws(t, changed(d.header(), map[string]any{"jwk": nil}), claims()),
		"a private jwk":       d.key.jws(t, changed(d.header(), map[string]any{"jwk": jose.JSONWebKey{Key: d.key.private}}), claims()),
		"another's jwk":       d.key.jws(t, changed(d.header(), map[string]any{"jwk": publicJWK(appKeys()["stranger"])}), claims()),
		"a jwk of a secret":   d.key.jws(t, changed(d.header(), map[string]any{"jwk": map[string]string{"kty": "oct", "k": "c2VjcmV0"}}), claims()),
		"a jwk that is text":  d.key.jws(t, changed(d.header(), map[string]any{"jwk": "x"}), claims()),
		"RS256":               rsaKey.jws(t, map[string]any{"alg": "RS256", "typ": "dpop+jwt", "jwk": publicJWK(rsaKey), "kid": nil}, claims()),
		"no algorithm":        unsigned(text),
		"another's signature": signedLike(text, d.proof("GET", "/userinfo", access)),
		"a critical header":   d.key.jws(t, changed(d.header(), map[string]any{"crit": []string{"x"}, "x": 1}), claims()),
		"shortened":           text[:len(text)-2], "upper case": strings.ToUpper(text), "two parts": text[:strings.LastIndex(text, ".")],
		"five parts": text + ".x.y", "spaces": text + " " + text, "very long": text + strings.Repeat("A", 20000),
	} {
		refused(t, what, d.userinfo("DPoP", access, proof), http.StatusUnauthorized, "invalid_dpop_proof")
	}
}
