package oidc_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// prover makes DPoP proofs for one key, as a client would.
type prover struct {
	t   testing.TB
	p   *apptest.Provider
	key keyPair
}

func newProver(t testing.TB, p *apptest.Provider, alg string) prover {
	t.Helper()
	return prover{t, p, appKeys()[alg]}
}

// keyHash is the thumbprint of the key (RFC 7638).
func (d prover) keyHash() string {
	d.t.Helper()
	jwk := publicJWK(d.key)
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		d.t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

func (d prover) header() map[string]any {
	return map[string]any{"typ": "dpop+jwt", "jwk": publicJWK(d.key), "kid": nil}
}

// claims are those of a good proof. token may be "".
func (d prover) claims(method, path, token string) map[string]any {
	c := map[string]any{"jti": rand.Text(), "htm": method, "htu": d.p.URL + path, "iat": d.p.Clock.Now().Unix()}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		c["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return c
}

func (d prover) proof(method, path, token string) string {
	d.t.Helper()
	return d.key.jws(d.t, d.header(), d.claims(method, path, token))
}

// post sends a form as a client, with a proof; "" sends none.
func (d prover) post(path string, c apptest.Client, form url.Values, proof string) apptest.Reply {
	d.t.Helper()
	full := url.Values{}
	for name, v := range form {
		full[name] = v
	}
	if c.Public() {
		full.Set("client_id", c.ID)
	}
	if c.ID == signed.ID || c.ID == pusher.ID {
		full = asserted(full, appKeys()["EdDSA"].jws(d.t, nil, assertionClaims(d.p, c)))
	}
	req := d.p.NewRequest(path, full)
	if !c.Public() {
		apptest.SetBasic(req, c.ID, c.Secret)
	}
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return d.p.Do(req)
}

func (d prover) token(c apptest.Client, form url.Values) apptest.Reply {
	d.t.Helper()
	return d.post("/oauth/token", c, form, d.proof("POST", "/oauth/token", ""))
}

// tokens signs in and redeems with a proof.
func (d prover) tokens(r apptest.Request) apptest.Reply {
	d.t.Helper()
	reply := d.token(r.Client, r.CodeForm(d.p.For(d.t).Browser().SignIn(r, ada).Code()))
	if reply.Status != http.StatusOK || reply.Text("token_type") != "DPoP" {
		d.t.Fatalf("tokens for %s: %s", r.Client.ID, reply)
	}
	return reply
}

// userinfo calls it with any scheme and proof; proof may be "".
func (d prover) userinfo(scheme, token, proof string) apptest.Reply {
	d.t.Helper()
	req := d.p.NewRequest("/userinfo", nil)
	req.Header.Set("Authorization", scheme+" "+token)
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return d.p.Do(req)
}
