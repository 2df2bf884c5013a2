package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// keyPair is a key of an application.
type keyPair struct {
	alg, kid string
	private  crypto.Signer
}

// appKeys are the applications' keys, by algorithm; the last is a stranger's.
var appKeys = sync.OnceValue(func() map[string]keyPair {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rs, _ := rsa.GenerateKey(rand.Reader, 2048)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	strange, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return map[string]keyPair{
		"ES256": {"ES256", "app-es256", ec}, "PS256": {"PS256", "app-ps256", rs}, "EdDSA": {"EdDSA", "app-eddsa", ed},
		"Ed25519":  {"Ed25519", "app-eddsa", ed}, // the same key by its algorithm's newer name (RFC 9864)
		"stranger": {"ES256", "app-es256", strange},
	}
})

// These applications prove themselves by signatures; pusher must push its
// requests.
var (
	signed = apptest.Client{ID: "signed", Redirect: "https://signed.example.com/callback"}
	second = apptest.Client{ID: "second", Redirect: "https://second.example.com/callback"}
	bound  = apptest.Client{ID: "bound", Redirect: "https://bound.example.com/callback"}
	pusher = apptest.Client{ID: "pusher", Redirect: "https://pusher.example.com/callback"}
)

// signedClients registers the applications that sign.
func signedClients() apptest.Option {
	jwk := func(k keyPair) string {
		text, err := json.Marshal(jose.JSONWebKey{Key: k.private.Public(), KeyID: k.kid, Algorithm: k.alg, Use: "sig"})
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	all := appKeys()
	return apptest.Clients(fmt.Sprintf(`  - id: signed
    name: Signed
    auth_method: private_key_jwt
    jwks: {keys: [%[1]s, %[2]s, %[3]s]}
    redirect_uris: ["https://signed.example.com/callback"]
  - id: second
    name: Second
    auth_method: private_key_jwt
    jwks: {keys: [%[3]s]}
    redirect_uris: ["https://second.example.com/callback"]
  - id: bound
    name: Bound
    type: public
    dpop: required
    redirect_uris: ["https://bound.example.com/callback"]
  - id: pusher
    name: Pusher
    auth_method: private_key_jwt
    jwks: {keys: [%[3]s]}
    require_par: true
    redirect_uris: ["https://pusher.example.com/callback"]
`, jwk(all["ES256"]), jwk(all["PS256"]), jwk(all["EdDSA"])))
}

// jws signs claims. header adds to the protected header or, with nil, takes from it.
func (k keyPair) jws(t testing.TB, header, claims map[string]any) string {
	t.Helper()
	alg := k.alg
	if other, ok := header["alg"].(string); ok {
		alg = other
	}
	opts := &jose.SignerOptions{ExtraHeaders: map[jose.HeaderKey]any{"kid": k.kid}}
	for name, value := range header {
		switch {
		case name == "alg":
		case value == nil:
			delete(opts.ExtraHeaders, jose.HeaderKey(name))
		default:
			opts.ExtraHeaders[jose.HeaderKey(name)] = value
		}
	}
	var key any = k.private
	if alg == "Ed25519" {
		key = newName{k.private}
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := s.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signature.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// newName signs as Ed25519, which the library calls EdDSA.
type newName struct{ key crypto.Signer }

func (newName) Public() *jose.JSONWebKey        { return nil }
func (newName) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{"Ed25519"} }

func (n newName) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	return n.key.Sign(nil, payload, crypto.Hash(0))
}

// assertionClaims are those of a good client assertion.
func assertionClaims(p *apptest.Provider, c apptest.Client) map[string]any {
	now := p.Clock.Now().Unix()
	return map[string]any{"iss": c.ID, "sub": c.ID, "aud": p.URL, "jti": rand.Text(), "iat": now, "exp": now + 60}
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// asserted adds a client assertion to a form.
func asserted(form url.Values, assertion string) url.Values {
	out := url.Values{"client_assertion_type": {assertionType}, "client_assertion": {assertion}}
	for name, v := range form {
		out[name] = v
	}
	return out
}

// signedPost sends a form as a client that signs.
func signedPost(t testing.TB, p *apptest.Provider, path string, c apptest.Client, form url.Values) apptest.Reply {
	t.Helper()
	return p.Post(path, c, asserted(form, appKeys()["EdDSA"].jws(t, nil, assertionClaims(p, c))))
}

// publicJWK is the public half of a key, as a header carries it.
func publicJWK(k keyPair) jose.JSONWebKey { return jose.JSONWebKey{Key: k.private.Public()} }
