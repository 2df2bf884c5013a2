package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
)

const (
	opaquePrefix = "at_"
	atJWT        = "at+jwt" // RFC 9068 §2.1
)

// accessClaims is what an opaque access token says.
type accessClaims struct {
	Grant   string   `json:"g"`
	Scopes  []string `json:"o"`
	Issued  int64    `json:"i"` // Unix seconds
	Expires int64    `json:"e"`
}

func (a *accessClaims) has(scope string) bool { return slices.Contains(a.Scopes, scope) }

// openAccessToken reads an access token of either form and returns what it says
// while it lives: idp.ErrNotFound for anything that is not one of ours,
// idp.ErrExpired after its time.
func (p *Provider) openAccessToken(ctx context.Context, text string, now time.Time) (*accessClaims, error) {
	claims, err := p.readAccessToken(ctx, text)
	if err != nil {
		return nil, idp.ErrNotFound
	}
	if now.Unix() >= claims.Expires {
		return nil, idp.ErrExpired
	}
	return claims, nil
}

func (p *Provider) readAccessToken(ctx context.Context, text string) (*accessClaims, error) {
	if sealed, opaque := strings.CutPrefix(text, opaquePrefix); opaque {
		plain, err := p.Keyring.Open(accessLabel, sealed, nil)
		if err != nil {
			return nil, err
		}
		claims := &accessClaims{}
		return claims, json.Unmarshal(plain, claims)
	}
	if !hasType(text, atJWT) { // an ID token is signed by the same keys
		return nil, idp.ErrNotFound
	}
	var c oidc.AccessTokenClaims
	payload, err := oidc.ParseToken(text, &c)
	if err != nil {
		return nil, err
	}
	if err := oidc.CheckIssuerWithISSVerifier(&c, p.Issuer, nil); err != nil {
		return nil, err
	}
	if err := oidc.CheckSignature(ctx, text, payload, &c, signatureAlgorithms, p.Keys); err != nil {
		return nil, err
	}
	grantID, _, _ := strings.Cut(c.JWTID, ".")
	return &accessClaims{Grant: grantID, Scopes: c.Scopes, Issued: int64(c.IssuedAt), Expires: int64(c.Expiration)}, nil
}

// hasType reports whether a compact JWS claims the given typ (RFC 8725 §3.11).
func hasType(token, typ string) bool {
	head, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return false
	}
	var h struct {
		Typ string `json:"typ"`
	}
	return json.Unmarshal(raw, &h) == nil && h.Typ == typ
}
