package oidc

import (
	"errors"
	"net/http"
	"slices"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Introspect tells a confidential client about a token of its own (RFC 7662).
// Whatever is not a live token of this client is inactive, and nothing more is
// said about it.
func (p *Provider) Introspect(w http.ResponseWriter, r *http.Request) error {
	client, fail := p.authenticate(r)
	if fail == nil && client.Public() {
		fail = fault(invalidClient, "introspection needs a client that can authenticate")
	}
	if fail == nil && r.PostForm.Get("token") == "" {
		fail = invalid("token is missing")
	}
	if fail != nil {
		return writeError(w, r, fail)
	}
	answer, err := p.describe(r, client)
	if err != nil {
		return writeError(w, r, grantError(err, ""))
	}
	reqlog.From(r.Context()).Outcome = "introspect"
	return writeJSON(w, http.StatusOK, answer)
}

func (p *Provider) describe(r *http.Request, client *idp.Client) (*zoidc.IntrospectionResponse, error) {
	inactive := &zoidc.IntrospectionResponse{}
	text, now := r.PostForm.Get("token"), p.Now()
	id, claims, refresh := p.tokenGrant(r, text, now)
	if id == "" {
		return inactive, nil
	}
	g, user, err := p.Grants.Grant(r.Context(), id, now)
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrRevoked) {
		return inactive, nil
	}
	if err != nil {
		return nil, err
	}
	if g.ClientID != client.ID {
		return inactive, nil
	}
	answer := &zoidc.IntrospectionResponse{
		Active: true, ClientID: g.ClientID, Subject: user.ID, Issuer: p.Issuer, Audience: zoidc.Audience{client.ID},
		AuthTime: zoidc.FromTime(g.AuthTime), AuthenticationMethodsReferences: g.AMR,
	}
	scopes := g.Scopes
	if !refresh {
		scopes = claims.Scopes
	}
	if slices.Contains(scopes, "email") {
		answer.Username = user.Email
	}
	answer.Scope = scopes
	if !refresh {
		answer.TokenType = zoidc.BearerToken
		if claims.KeyHash != "" {
			answer.TokenType, answer.Claims = dpopScheme, confirmation(claims.KeyHash)
		}
		answer.IssuedAt, answer.Expiration = zoidc.Time(claims.Issued), zoidc.Time(claims.Expires)
		return answer, nil
	}
	switch g.Refresh(p.Keyring, secret.TokenOf(text), false, now) {
	case idp.RefreshKeep, idp.RefreshRepeat:
	default:
		return inactive, nil
	}
	answer.TokenType = "refresh_token"
	answer.IssuedAt, answer.Expiration = zoidc.FromTime(g.RotatedAt), zoidc.FromTime(g.ExpiresAt)
	return answer, nil
}

// tokenGrant reads which grant a token of either kind names.
func (p *Provider) tokenGrant(r *http.Request, text string, now time.Time) (id string, claims *accessClaims, refresh bool) {
	if grantID, _, ok := idp.RefreshTokenParts(secret.TokenOf(text)); ok {
		return grantID, nil, true
	}
	claims, err := p.openAccessToken(r.Context(), text, now)
	if err != nil {
		return "", nil, false
	}
	return claims.Grant, claims, false
}
