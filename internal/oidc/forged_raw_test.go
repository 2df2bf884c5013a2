package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
)

// rawJWS signs texts that no library would sign. alg says how, whatever the
// header says; "none" signs nothing.
func rawJWS(t testing.TB, alg string, key any, header, payload string) string {
	t.Helper()
	input := b64(header) + "." + b64(payload)
	return input + "." + rawSignature(t, alg, key, input)
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func rawSignature(t testing.TB, alg string, key any, input string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(input))
	var out []byte
	switch alg {
	case "none":
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, key.(*ecdsa.PrivateKey), sum[:])
		if err != nil {
			t.Fatal(err)
		}
		out = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case "ES256 in DER":
		der, err := ecdsa.SignASN1(rand.Reader, key.(*ecdsa.PrivateKey), sum[:])
		if err != nil {
			t.Fatal(err)
		}
		out = der
	case "RS256":
		signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		out = signature
	case "HS256":
		m := hmac.New(sha256.New, key.([]byte))
		m.Write([]byte(input))
		out = m.Sum(nil)
	default:
		t.Fatalf("no way to sign by %s", alg)
	}
	return base64.RawURLEncoding.EncodeToString(out)
}

// asSecrets are the forms of a public key that somebody may take for a shared
// secret.
func asSecrets(t testing.TB, public crypto.PublicKey, jwk string) map[string][]byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "JWK": []byte(jwk), "nothing": {}}
}

func text(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// inject puts a member before all others of a JSON object.
func inject(object, member string) string {
	return "{" + member + "," + strings.TrimPrefix(object, "{")
}

// appended puts a member behind all others.
func appended(object, member string) string {
	return strings.TrimSuffix(object, "}") + "," + member + "}"
}
