package conformance_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// algNone makes an unsecured JWS of a token.
func algNone(token string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + strings.Split(token, ".")[1] + "."
}

// badHints are ID tokens with all the right claims that somebody else signed: as
// the suite does with the client's secret, and with a key of one's own under the
// provider's kid.
func badHints(r *rp) {
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		r.t.Fatal(err)
	}
	secret := sha256.Sum256([]byte(basic.secret)) // HMAC wants 32 bytes
	for _, key := range []jose.SigningKey{
		{Algorithm: jose.HS256, Key: secret[:]},
		{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: foreign, KeyID: kids(r.op, "RS256")[0]}},
	} {
		badLogout(func(r *rp, q url.Values, got tokens) { q.Set("id_token_hint", r.signed(key, got.claims)) })(r)
		r.agent = newAgent(r.t, r.issuer(), r.wire)
	}
}

func (r *rp) signed(key jose.SigningKey, claims map[string]any) string {
	r.t.Helper()
	return r.signedWith(key, (&jose.SignerOptions{}).WithType("JWT"), claims)
}

func (r *rp) signedWith(key jose.SigningKey, options *jose.SignerOptions, claims map[string]any) string {
	r.t.Helper()
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		r.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		r.t.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		r.t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}
