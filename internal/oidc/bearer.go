package oidc

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
)

// Bearer is who stands behind an access token that is meant for this server alone.
type Bearer struct {
	ClientID string
	Scopes   []string
	User     idp.User  // its zero value if the client acts for itself
	AuthTime time.Time // when the person last proved their mailbox
	GrantID  string
	Expires  time.Time
}

// Has reports whether the token has the scope.
func (b *Bearer) Has(scope string) bool { return slices.Contains(b.Scopes, scope) }

// Bearer reads an opaque access token that needs no proof. It returns
// idp.ErrNotFound for whatever is none, or is one that nothing stands behind any
// more: signed ones too, because others can read them and so may have been shown
// them, and those that are bound to a key. It returns idp.ErrExpired after a token's
// time.
func (p *Provider) Bearer(ctx context.Context, token string) (Bearer, error) {
	if !strings.HasPrefix(token, opaquePrefix) {
		return Bearer{}, idp.ErrNotFound
	}
	now := p.Now()
	claims, err := p.openAccessToken(ctx, token, now)
	if err != nil {
		return Bearer{}, err
	}
	if claims.KeyHash != "" {
		return Bearer{}, idp.ErrNotFound
	}
	out := Bearer{Scopes: claims.Scopes, GrantID: claims.Grant, Expires: time.Unix(claims.Expires, 0)}
	if id, own := strings.CutPrefix(claims.Grant, ownGrant); own {
		out.ClientID = id
		return p.ownBearer(ctx, out, claims)
	}
	b, err := p.Grants.Backing(ctx, claims.Grant, claims.has("offline_access"), now)
	if err != nil {
		return Bearer{}, fmt.Errorf("read access token: %w", err)
	}
	if p.Clients.Client(b.ClientID) == nil {
		return Bearer{}, idp.ErrNotFound
	}
	out.ClientID, out.User, out.AuthTime = b.ClientID, b.User, b.AuthTime
	return out, nil
}

// ownBearer is a client that acts for itself, with those of its token's scopes that
// it may have now.
func (p *Provider) ownBearer(ctx context.Context, b Bearer, claims *accessClaims) (Bearer, error) {
	c := p.Clients.Client(b.ClientID)
	if c == nil || !c.MayGrant(idp.GrantClient) {
		return Bearer{}, idp.ErrNotFound
	}
	if err := p.Grants.Outlives(ctx, time.Unix(claims.Issued, 0)); err != nil {
		return Bearer{}, fmt.Errorf("read access token: %w", err)
	}
	b.Scopes = c.AllowedScopes(b.Scopes)
	return b, nil
}
