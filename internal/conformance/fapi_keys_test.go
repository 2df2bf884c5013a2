package conformance_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/proof"
)

// The clients of the FAPI plan prove themselves by signatures.
var (
	fapi1 = client{id: "suite-fapi1", alg: "ES256"}
	fapi2 = client{id: "suite-fapi2", alg: "EdDSA"}
)

// redirect is the address that the client is registered with.
func (c client) redirect() string {
	if c.id == fapi2.id || c.id == query.id {
		return queried
	}
	return callback
}

// fapiKeys are the private keys, by client; the example's file has none.
var fapiKeys = sync.OnceValue(func() map[string]jose.JSONWebKey {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	return map[string]jose.JSONWebKey{
		fapi1.id: {Key: ec, KeyID: fapi1.id, Algorithm: fapi1.alg, Use: "sig"}, fapi2.id: {Key: ed, KeyID: fapi2.id, Algorithm: fapi2.alg, Use: "sig"},
	}
})

// ownKeys registers their public halves.
func ownKeys(t *testing.T, c *config.Config) {
	t.Helper()
	for i := range c.Declared {
		private, found := fapiKeys()[c.Declared[i].ID]
		if !found {
			continue
		}
		text, err := json.Marshal(private.Public())
		if err != nil {
			t.Fatal(err)
		}
		key, err := proof.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Declared[i].Keys = []idp.ClientKey{key}
	}
}

// assertion proves the client (RFC 7523 §2.2). change may spoil its claims.
func (r *rp) assertion(c client, change func(map[string]any)) string {
	now := r.provider.Clock.Now().Unix()
	claims := map[string]any{"iss": c.id, "sub": c.id, "aud": r.issuer(), "jti": rand.Text(), "iat": now, "exp": now + 60}
	if change != nil {
		change(claims)
	}
	return r.signed(r.keyOf(c), claims)
}

func (r *rp) keyOf(c client) jose.SigningKey {
	key := fapiKeys()[c.id]
	if r.signsWith != nil {
		key = *r.signsWith
	}
	return jose.SigningKey{Algorithm: jose.SignatureAlgorithm(c.alg), Key: key}
}

// asserted adds an assertion to a form.
func asserted(fields url.Values, assertion string) url.Values {
	fields.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	fields.Set("client_assertion", assertion)
	return fields
}

// holder holds the key that tokens are bound to (RFC 9449).
type holder struct {
	r   *rp
	key *ecdsa.PrivateKey
}

func newHolder(r *rp) holder {
	r.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return holder{r, key}
}

// thumbprint is RFC 7638's, which dpop_jkt names.
func (h holder) thumbprint() string {
	jwk := jose.JSONWebKey{Key: h.key.Public()}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		h.r.t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

// proof makes a DPoP proof. change may spoil header (typ, jwk) and claims.
func (h holder) proof(method, address, token string, change func(header, claims map[string]any)) string {
	h.r.t.Helper()
	header := map[string]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: h.key.Public()}}
	claims := map[string]any{"jti": rand.Text(), "htm": method, "htu": address, "iat": h.r.provider.Clock.Now().Unix()}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if change != nil {
		change(header, claims)
	}
	options := &jose.SignerOptions{ExtraHeaders: map[jose.HeaderKey]any{}}
	for name, value := range header {
		options.ExtraHeaders[jose.HeaderKey(name)] = value
	}
	return h.r.signedWith(jose.SigningKey{Algorithm: jose.ES256, Key: h.key}, options, claims)
}
