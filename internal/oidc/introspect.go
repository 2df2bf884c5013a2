package oidc

import (
	"errors"
	"net/http"
	"slices"
	"strings"
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
	return p.writeIntrospection(w, r, client, answer)
}

func (p *Provider) describe(r *http.Request, client *idp.Client) (*introspection, error) {
	text, now := r.PostForm.Get("token"), p.Now()
	id, claims, refresh := p.tokenGrant(r, text, now)
	describe := p.describeAccess
	switch {
	case id == "":
		return &introspection{}, nil
	case refresh:
		describe = p.describeRefresh
	case strings.HasPrefix(id, ownGrant):
		describe = p.describeOwn
	}
	answer, err := describe(r, client, claims, now)
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrRevoked) {
		return &introspection{}, nil
	}
	return answer, err
}

// describeAccess returns idp.ErrNotFound for a token of another client.
func (p *Provider) describeAccess(r *http.Request, client *idp.Client, claims *accessClaims, now time.Time) (*introspection, error) {
	b, err := p.Grants.Backing(r.Context(), claims.Grant, claims.has("offline_access"), now)
	if err != nil {
		return nil, err
	}
	if claims.holder(b.ClientID) != client.ID {
		return nil, idp.ErrNotFound
	}
	answer := p.about(client, &b.User, claims.Scopes)
	answer.AuthTime, answer.AMR = seconds(b.AuthTime), b.AMR
	answer.carries(claims, client)
	return answer, nil
}

// carries fills in what an access token itself says.
func (i *introspection) carries(claims *accessClaims, client *idp.Client) {
	i.Audience, i.Actor, i.TokenType = claims.audience(client), claims.Actor, zoidc.BearerToken
	if claims.KeyHash != "" {
		i.TokenType, i.Confirmation = dpopScheme, confirmation(claims.KeyHash)
	}
	i.IssuedAt, i.Expiration = claims.Issued, claims.Expires
}

// describeRefresh returns idp.ErrNotFound for a token of another client, one that was
// spent, or one that the token endpoint would refuse for now.
func (p *Provider) describeRefresh(r *http.Request, client *idp.Client, _ *accessClaims, now time.Time) (*introspection, error) {
	token := secret.TokenOf(r.PostForm.Get("token"))
	id, _, _ := idp.RefreshTokenParts(token)
	g, user, err := p.Grants.Grant(r.Context(), id, now)
	if err != nil {
		return nil, err
	}
	if g.ClientID != client.ID {
		return nil, idp.ErrNotFound
	}
	switch g.Refresh(p.Keyring, token, false, now) {
	case idp.RefreshKeep, idp.RefreshRepeat:
	default:
		return nil, idp.ErrNotFound
	}
	if !client.Admits(&user) || !slices.Contains(allowedNow(client, g.Scopes), "offline_access") {
		return nil, idp.ErrNotFound
	}
	answer := p.about(client, &user, g.Scopes)
	answer.AuthTime, answer.AMR = seconds(g.AuthTime), g.AMR
	answer.Audience, answer.TokenType = (*accessClaims)(nil).audience(client), "refresh_token"
	answer.IssuedAt, answer.Expiration = seconds(g.RotatedAt), seconds(g.ExpiresAt)
	return answer, nil
}

// about is what the answers on tokens of both kinds begin with. A scope that the
// client lost since is none of the token's any more.
func (p *Provider) about(client *idp.Client, user *idp.User, scopes []string) *introspection {
	scopes = client.AllowedScopes(scopes)
	answer := &introspection{Active: true, ClientID: client.ID, Subject: p.subject(client, user.ID), Issuer: p.Issuer, Scope: scopes}
	if slices.Contains(scopes, "email") {
		answer.Username = user.Email
	}
	return answer
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
