package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"
)

// proof is what a DPoP proof shows (RFC 9449): the thumbprint of a key, and what
// works once. The zero value is no proof.
type proof struct {
	jkt string
	id  []byte
}

const proofAge = 60 // seconds

// with chooses the statement that spends the proof, if there is one.
func (p proof) with(plain, bound string, values ...any) (string, []any) {
	if p.jkt == "" {
		return plain, values
	}
	return bound, append(slices.Clip(values), p.id, p.jkt)
}

// proven opens the proof of a request to the token endpoint.
func proven(r *http.Request, issuer string) (p proof, ok bool) {
	text := r.Header.Get("DPoP")
	if text == "" {
		return p, true
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return p, false
	}
	var head struct {
		Typ, Alg string
		JWK      struct{ X, Y string }
	}
	var claims struct {
		ID     string `json:"jti"`
		Method string `json:"htm"`
		URL    string `json:"htu"`
		Issued int64  `json:"iat"`
	}
	if !part(parts[0], &head) || !part(parts[1], &claims) || head.Typ != "dpop+jwt" || head.Alg != "ES256" {
		return p, false
	}
	age := time.Now().Unix() - claims.Issued
	if claims.Method != http.MethodPost || claims.URL != issuer+"/oauth/token" || age > proofAge || age < -proofAge {
		return p, false
	}
	if !signed(parts[0]+"."+parts[1], parts[2], head.JWK.X, head.JWK.Y) {
		return p, false
	}
	p.jkt = b64.EncodeToString(hashOf(`{"crv":"P-256","kty":"EC","x":"` + head.JWK.X + `","y":"` + head.JWK.Y + `"}`)) // RFC 7638
	p.id = hashOf(p.jkt + claims.ID)
	return p, true
}

func part(text string, into any) bool {
	raw, err := b64.DecodeString(text)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// signed checks an ES256 signature (RFC 7518 §3.4) against a key's coordinates.
func signed(text, signature, x, y string) bool {
	point, err := b64.AppendDecode([]byte{4}, []byte(x))
	if err == nil {
		point, err = b64.AppendDecode(point, []byte(y))
	}
	if err != nil {
		return false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return false
	}
	sig, err := b64.DecodeString(signature)
	if err != nil || len(sig) != 64 {
		return false
	}
	sum := digest(text)
	return ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
}
