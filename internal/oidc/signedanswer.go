package oidc

import (
	"encoding/json"
	"net/http"
	"strings"

	"idp/internal/idp"
	"idp/internal/secret"
)

const (
	introspectionJWT  = "token-introspection+jwt" // RFC 9701 §5, its typ
	introspectionType = "application/" + introspectionJWT
)

// writeUserinfo answers in JSON, or signed if the client wants that (OpenID
// Connect Core §5.3.2). The jti keeps the JWT from being taken for an ID token.
func (p *Provider) writeUserinfo(w http.ResponseWriter, client *idp.Client, info *userinfo) error {
	if client.UserinfoAlg == "" {
		return writeJSON(w, http.StatusOK, info)
	}
	info.Issuer, info.Audience, info.IssuedAt, info.JWTID = p.Issuer, client.ID, p.Now().Unix(), secret.NewSubject("")
	return p.writeSigned(w, client.UserinfoAlg, jwtType, "application/jwt", info)
}

// writeIntrospection answers in JSON, or signed if the caller asks for that (RFC
// 9701 §4).
func (p *Provider) writeIntrospection(w http.ResponseWriter, r *http.Request, client *idp.Client, answer *introspection) error {
	if !strings.Contains(strings.Join(r.Header["Accept"], ","), introspectionType) {
		return writeJSON(w, http.StatusOK, answer)
	}
	return p.writeSigned(w, client.IDTokenAlg, introspectionJWT, introspectionType, map[string]any{
		"iss": p.Issuer, "aud": client.ID, "iat": p.Now().Unix(), "token_introspection": answer,
	})
}

// writeSigned writes claims as a JWT that nobody may keep.
func (p *Provider) writeSigned(w http.ResponseWriter, alg idp.Algorithm, typ, contentType string, claims any) error {
	payload, err := json.Marshal(claims)
	if err != nil {
		return err
	}
	jwt, err := p.Keys.sign(alg, typ, payload)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h["Cache-Control"], h["Pragma"] = noStore, noCache
	_, err = w.Write([]byte(jwt))
	return err
}
