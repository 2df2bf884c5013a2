package proof_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/idp"
	"idp/internal/proof"
)

// handmade is a JWS whose header may say anything of the key that signs it.
func handmade(t *testing.T, key crypto.Signer, header, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	input := part(header) + "." + part(claims)
	digest, hash := []byte(input), crypto.Hash(0)
	if _, whole := key.(ed25519.PrivateKey); !whole {
		sum := sha256.Sum256([]byte(input))
		digest, hash = sum[:], crypto.SHA256
	}
	signature, err := key.Sign(rand.Reader, digest, hash)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// otherKeys are those that Ed25519 must never go with.
func otherKeys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"P-256": ec, "RSA": long}
}

func registered(t *testing.T, key crypto.Signer, alg string) *idp.Client {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "k", Algorithm: alg})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := proof.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return &idp.Client{ID: "app", Keys: []idp.ClientKey{parsed}}
}

// RFC 9864: EdDSA with an Ed25519 key is Ed25519 too, in what is signed and in keys.
func TestEd25519HasTwoNames(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	claims := map[string]any{"iss": "app", "sub": "app", "aud": issuer, "jti": "1", "exp": now.Unix() + 60}
	object := map[string]any{"iss": "app", "client_id": "app", "aud": issuer, "exp": now.Unix() + 60, "nbf": now.Unix()}
	call := proof.Call{Method: "GET", URL: issuer + "/userinfo"}
	proven := map[string]any{"jti": "1", "htm": "GET", "htu": call.URL, "iat": now.Unix()}
	for _, own := range []string{"", "EdDSA", "Ed25519"} {
		client := registered(t, s.key, own)
		for _, said := range []string{"EdDSA", "Ed25519", "ed25519", "Ed25519 ", "Ed448", "ES256", "PS256", "RS256", "HS256", "none", ""} {
			good := said == "EdDSA" || said == "Ed25519"
			text := handmade(t, s.key, map[string]any{"alg": said, "kid": "k"}, claims)
			if _, err := proof.Assertion(text, client, issuer, now); (err == nil) != good {
				t.Errorf("an assertion by a key for %q that says %q: %v", own, said, err)
			}
			if _, err := proof.Assertion(text[:len(text)-20]+strings.Repeat("A", 20), client, issuer, now); err == nil {
				t.Errorf("an assertion that says %q was accepted with a broken signature", said)
			}
			text = handmade(t, s.key, map[string]any{"alg": said}, object)
			if _, err := proof.RequestObject(text, client, issuer, now); (err == nil) != good {
				t.Errorf("a request object by a key for %q that says %q: %v", own, said, err)
			}
			jwk := jose.JSONWebKey{Key: s.key.Public(), Algorithm: own}
			text = handmade(t, s.key, map[string]any{"alg": said, "typ": "dpop+jwt", "jwk": jwk}, proven)
			if _, err := proof.DPoP(text, call, now); (err == nil) != good {
				t.Errorf("a proof by a key for %q that says %q: %v", own, said, err)
			}
		}
	}
}

// The name is for one kind of key: neither another key nor another signature
// passes by it.
func TestEd25519IsOneKindOfKey(t *testing.T) {
	t.Parallel()
	claims := map[string]any{"iss": "app", "sub": "app", "aud": issuer, "jti": "1", "exp": now.Unix() + 60}
	call := proof.Call{Method: "GET", URL: issuer + "/userinfo"}
	proven := map[string]any{"jti": "1", "htm": "GET", "htu": call.URL, "iat": now.Unix()}
	for kind, key := range otherKeys(t) {
		client := registered(t, key, "")
		if client.Keys[0].For(idp.Ed25519) || client.Keys[0].For(idp.EdDSA) {
			t.Errorf("a key of kind %s says that it is for Ed25519", kind)
		}
		for _, by := range []crypto.Signer{key, newSigner(t).key} {
			if _, err := proof.Assertion(handmade(t, by, map[string]any{"alg": "Ed25519"}, claims), client, issuer, now); err == nil {
				t.Errorf("%s: an assertion by a %T passed as Ed25519", kind, by)
			}
			header := map[string]any{"alg": "Ed25519", "typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: key.Public()}}
			if _, err := proof.DPoP(handmade(t, by, header, proven), call, now); err == nil {
				t.Errorf("%s: a proof by a %T passed as Ed25519", kind, by)
			}
		}
		text, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), Algorithm: "Ed25519"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := proof.ParseKey(text); err == nil {
			t.Errorf("%s: a key for Ed25519 was read as %v", kind, got)
		}
	}
}

// A client that fixed one name is held to it, and reads back what it registered.
func TestEd25519Registered(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	object := map[string]any{"iss": "app", "client_id": "app", "aud": issuer, "exp": now.Unix() + 60, "nbf": now.Unix()}
	client := registered(t, s.key, "Ed25519")
	for _, fixed := range []string{"EdDSA", "Ed25519"} {
		client.RequestAlg = idp.Algorithm(fixed)
		for _, said := range []string{"EdDSA", "Ed25519"} {
			if _, err := proof.RequestObject(handmade(t, s.key, map[string]any{"alg": said}, object), client, issuer, now); (err == nil) != (fixed == said) {
				t.Errorf("fixed to %s, an object that says %s: %v", fixed, said, err)
			}
		}
	}
	set, err := proof.KeySet(client.Keys)
	if err != nil || !strings.Contains(string(set), `"alg":"Ed25519"`) {
		t.Errorf("the key set is %s, %v", set, err)
	}
	if keys, err := proof.ParseKeys(set); err != nil || len(keys) != 1 || !slices.Equal(keys[0].DER, client.Keys[0].DER) {
		t.Errorf("read again, it is %v, %v", keys, err)
	}
}
