package demo_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// token answers a code or a refresh token, each of which works once.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.exchange++
	if p.onToken != nil && p.onToken(w) {
		return
	}
	if !p.knowsClient(r) {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	var nonce string
	ok := false
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		nonce, ok = p.spendCode(r.PostForm)
	case "refresh_token":
		nonce, ok = p.refresh[r.PostFormValue("refresh_token")]
		delete(p.refresh, r.PostFormValue("refresh_token"))
	}
	if !ok {
		writeJSON(w, http.StatusBadRequest, map[string]string{
			"error": "invalid_grant", "error_description": "spent or unknown",
		})
		return
	}
	access, refresh := "at-"+rand.Text(), "rt-"+rand.Text()
	p.access[access], p.refresh[refresh] = true, nonce
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": 600,
		"refresh_token": refresh, "scope": "openid email profile offline_access",
		"id_token": p.idToken(r.PostFormValue("grant_type"), nonce, access),
	})
}

// knowsClient accepts the secret in the header, or no secret at all from a
// public client, and nothing else.
func (p *provider) knowsClient(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	if p.public {
		return !basic && r.PostFormValue("client_id") == clientID && !r.PostForm.Has("client_secret")
	}
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	return basic && id == clientID && secret == clientSecret
}

func (p *provider) spendCode(form url.Values) (nonce string, ok bool) {
	request, ok := p.codes[form.Get("code")]
	delete(p.codes, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	return request.Get("nonce"), ok &&
		request.Get("redirect_uri") == form.Get("redirect_uri") &&
		request.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p *provider) idToken(grantType, nonce, access string) string {
	sum := sha256.Sum256([]byte(access))
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": p.url, "sub": subject, "aud": clientID, "azp": clientID, "nonce": nonce,
		"iat": now, "exp": now + 3600, "auth_time": p.started.Unix(),
		"email": address, "email_verified": true, "amr": []string{"email"},
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	if p.onIDToken != nil {
		p.onIDToken(grantType, claims)
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "k1")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key}, options)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Error(err)
	}
	return raw
}

func (p *provider) userInfo(w http.ResponseWriter, r *http.Request) {
	if !p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := map[string]any{
		"sub": subject, "email": address, "email_verified": true,
		"name": "Ada <b>Example</b>", "favourite": map[string]any{"tea": "green"},
	}
	if p.onUserInfo != nil {
		p.onUserInfo(claims)
	}
	writeJSON(w, http.StatusOK, claims)
}
