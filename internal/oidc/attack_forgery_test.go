package oidc_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// forger signs what it likes, with the provider's keys or its own.
type forger struct {
	t    *testing.T
	keys map[string]crypto.Signer // by algorithm
	kids map[string]string
}

func newForger(t *testing.T, p *apptest.Provider) *forger {
	t.Helper()
	f := &forger{t: t, keys: map[string]crypto.Signer{}, kids: map[string]string{}}
	private := privateKeys(t, p)
	keys, _ := p.Get(pathJWKS, "").JSON["keys"].([]any)
	for _, k := range keys {
		jwk, _ := k.(map[string]any)
		kid, alg := jwk["kid"].(string), jwk["alg"].(string)
		key, err := x509.ParsePKCS8PrivateKey(private[kid])
		if err != nil {
			t.Fatal(err)
		}
		f.keys[alg], f.kids[alg] = key.(crypto.Signer), kid
	}
	return f
}

// sign makes a JWS of claims. alg is what its header says.
func (f *forger) sign(alg, kid, typ string, key any, claims map[string]any, extra map[jose.HeaderKey]any) string {
	f.t.Helper()
	opts := (&jose.SignerOptions{ExtraHeaders: extra}).WithType(jose.ContentType(typ)).WithHeader("kid", kid)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, opts)
	if err != nil {
		f.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		f.t.Fatal(err)
	}
	jws, err := s.Sign(payload)
	if err != nil {
		f.t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		f.t.Fatal(err)
	}
	return text
}

// An attacker makes tokens himself: with the algorithm none, with our public key
// as a shared secret, with a key that he brings along, or under another
// algorithm than the key is for (RFC 8725 §2). The key and its algorithm are
// ours, whatever the token says.
func TestForgedTokensAreRefused(t *testing.T) {
	p := one(t)
	b := p.Browser()
	idToken := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())
	access := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.JWT), ada).Access())
	f := newForger(t, p)
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(f.keys["RS256"].Public())
	if err != nil {
		t.Fatal(err)
	}
	rs, kid := f.keys["RS256"], f.kids["RS256"]
	for what, c := range map[string]struct {
		good bool
		make func(typ string, claims map[string]any) string
	}{
		"our key, as it should be": {true, func(typ string, c map[string]any) string { return f.sign("RS256", kid, typ, rs, c, nil) }},
		"another key of ours": {true, func(typ string, c map[string]any) string {
			return f.sign("ES256", f.kids["ES256"], typ, f.keys["ES256"], c, nil)
		}},
		"PS256 by the RS256 key":  {false, func(typ string, c map[string]any) string { return f.sign("PS256", kid, typ, rs, c, nil) }},
		"RS512 by the RS256 key":  {false, func(typ string, c map[string]any) string { return f.sign("RS512", kid, typ, rs, c, nil) }},
		"HS256 by our public key": {false, func(typ string, c map[string]any) string { return f.sign("HS256", kid, typ, public, c, nil) }},
		"a key of his own":        {false, func(typ string, c map[string]any) string { return f.sign("RS256", kid, typ, own, c, nil) }},
		"his own kid":             {false, func(typ string, c map[string]any) string { return f.sign("RS256", "evil", typ, own, c, nil) }},
		"no kid":                  {false, func(typ string, c map[string]any) string { return f.sign("RS256", "", typ, rs, c, nil) }},
		"a kid that is a path":    {false, func(typ string, c map[string]any) string { return f.sign("RS256", "../../x", typ, own, c, nil) }},
		"his key in the header": {false, func(typ string, c map[string]any) string {
			return f.sign("RS256", kid, typ, own, c, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: own.Public()}})
		}},
		"his key's address": {false, func(typ string, c map[string]any) string {
			return f.sign("RS256", "evil", typ, own, c, map[jose.HeaderKey]any{"jku": "https://evil.example/jwks.json"})
		}},
		"no algorithm": {false, func(typ string, c map[string]any) string { return unsigned(f.sign("RS256", kid, typ, rs, c, nil)) }},
		"another issuer": {false, func(typ string, c map[string]any) string {
			return f.sign("RS256", kid, typ, rs, with(c, "iss", "https://evil.example"), nil)
		}},
	} {
		if got := p.Get("/userinfo", c.make("at+jwt", access)).Status == 200; got != c.good {
			t.Errorf("access token with %s: accepted is %v", what, got)
		}
		if got := acceptsHint(p.Browser(), c.make("JWT", idToken)); got != c.good {
			t.Errorf("id_token_hint with %s: accepted is %v", what, got)
		}
	}
	// The two kinds stay apart even when the claims of one come under the type of the other.
	if r := p.Get("/userinfo", f.sign("RS256", kid, "at+jwt", rs, idToken, nil)); r.Status == 200 {
		t.Error("an ID token's claims as access token")
	}
	for typ, claims := range map[string]map[string]any{"JWT": access, "at+jwt": access} {
		if acceptsHint(p.Browser(), f.sign("RS256", kid, typ, rs, claims, nil)) {
			t.Errorf("an access token's claims as id_token_hint with the type %s", typ)
		}
	}
}

func with(claims map[string]any, name string, value any) map[string]any {
	out := map[string]any{name: value}
	for k, v := range claims {
		if k != name {
			out[k] = v
		}
	}
	return out
}
