package proof_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/idp"
	"idp/internal/proof"
)

const issuer = "https://login.example.com"

var now = time.Unix(1_800_000_000, 0)

// signer signs, and remembers what: nothing else may ever be accepted.
type signer struct {
	t      testing.TB
	key    ed25519.PrivateKey
	signed map[string]bool
}

// newSigner always has the same key: the fuzzer runs in several processes.
func newSigner(t testing.TB) *signer {
	return &signer{t, ed25519.NewKeyFromSeed([]byte("the same key in every process :)")), map[string]bool{}}
}

func (s *signer) sign(opts *jose.SignerOptions, claims map[string]any) string {
	s.t.Helper()
	js, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: s.key}, opts)
	if err != nil {
		s.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	jws, err := js.Sign(payload)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		s.t.Fatal(err)
	}
	s.signed[input(text)] = true
	return text
}

func input(text string) string { return text[:strings.LastIndex(text, ".")] }

// newClient makes a client and who signs for it.
func newClient(t testing.TB) (*idp.Client, *signer) {
	t.Helper()
	s := newSigner(t)
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	client := &idp.Client{ID: "app", Keys: []idp.ClientKey{{ID: "k", Algorithm: idp.EdDSA, DER: der}}}
	return client, s
}

// seeds are what the fuzzers start from, beside a good text.
var seeds = []string{"", ".", "..", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "{}", strings.Repeat("A", 20000)}

// FuzzAssertion looks for panics, and for assertions that nobody signed.
func FuzzAssertion(f *testing.F) {
	client, s := newClient(f)
	f.Add(s.sign(nil, map[string]any{"iss": "app", "sub": "app", "aud": issuer, "jti": "1", "exp": now.Unix() + 60}))
	f.Add(s.sign((&jose.SignerOptions{}).WithType("JWT"), map[string]any{"iss": "app", "sub": "app", "aud": []string{issuer}, "jti": "1", "exp": "soon"}))
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = proof.AssertedClient(text)
		once, err := proof.Assertion(text, client, issuer, now)
		if err == nil && (!s.signed[input(text)] || once.Hash == "" || !once.Expires.After(now)) {
			t.Errorf("accepted %q, to remember as %v", text, once)
		}
	})
}

// FuzzRequestObject is FuzzAssertion for request objects.
func FuzzRequestObject(f *testing.F) {
	client, s := newClient(f)
	f.Add(s.sign(nil, map[string]any{"iss": "app", "client_id": "app", "aud": issuer, "exp": now.Unix() + 60, "nbf": now.Unix(), "max_age": 5, "claims": map[string]any{"id_token": nil}}))
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = proof.ShapeOf(text)
		form, err := proof.RequestObject(text, client, issuer, now)
		if err == nil && (!s.signed[input(text)] || form.Get("client_id") != "app") {
			t.Errorf("accepted %q as %v", text, form)
		}
	})
}

// FuzzDPoP looks for panics, and for proofs that the key's holder did not make.
func FuzzDPoP(f *testing.F) {
	s := newSigner(f)
	call := proof.Call{Method: "GET", URL: issuer + "/userinfo"}
	opts := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
	f.Add(s.sign(opts, map[string]any{"jti": "1", "htm": "GET", "htu": call.URL, "iat": now.Unix()}))
	f.Add(s.sign(opts, map[string]any{"jti": "1", "htm": "GET", "htu": "HTTPS://LOGIN.example.com:443/userinfo?x#y", "iat": 1.8e9}))
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		held, err := proof.DPoP(text, call, now)
		if err == nil && (!s.signed[input(text)] || len(held.KeyHash) != 43 || held.Once.Hash == "") {
			t.Errorf("accepted %q as %v", text, held)
		}
	})
}

// The good seeds are accepted: without this the fuzzers would prove nothing.
func TestGoodTextsAreAccepted(t *testing.T) {
	client, s := newClient(t)
	exp := now.Unix() + 60
	if _, err := proof.Assertion(s.sign(nil, map[string]any{"iss": "app", "sub": "app", "aud": issuer, "jti": "1", "exp": exp}), client, issuer, now); err != nil {
		t.Error(err)
	}
	form, err := proof.RequestObject(s.sign(nil, map[string]any{"iss": "app", "client_id": "app", "aud": issuer, "exp": exp, "nbf": now.Unix(), "max_age": 5, "claims": map[string]any{"id_token": nil}}), client, issuer, now)
	if err != nil || form.Get("max_age") != "5" || form.Get("claims") != `{"id_token":null}` || form.Has("aud") {
		t.Error(form, err)
	}
}

// RFC 9449 §4.3, RFC 3986 §6.2: what counts as the same address.
func TestAddressesOfProofs(t *testing.T) {
	s := newSigner(t)
	for htu, good := range map[string]bool{
		issuer + "/userinfo": true, issuer + ":443/userinfo": true, "HTTPS://Login.Example.COM/userinfo": true, issuer + "/userinfo?a=b#c": true,
		issuer + ":8443/userinfo": false, "http://login.example.com/userinfo": false, issuer + "/userinfo/": false, issuer + "/Userinfo": false,
		issuer + "/x/../userinfo": false, issuer + "//userinfo": false, issuer: false, "": false, "https://login.example.com.evil.example/userinfo": false,
		"https://a@login.example.com/userinfo": false, "login.example.com/userinfo": false, issuer + "/%75serinfo": false, "https:///userinfo": false, ":": false,
	} {
		text := s.sign((&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"), map[string]any{"jti": "1", "htm": "GET", "htu": htu, "iat": now.Unix()})
		if _, err := proof.DPoP(text, proof.Call{Method: "GET", URL: issuer + "/userinfo"}, now); (err == nil) != good {
			t.Errorf("%q: %v", htu, err)
		}
	}
}
