package oidc

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

const badRefreshToken = "the refresh token is not valid"

// refresh exchanges a refresh token (RFC 6749 §6): one read, one guarded write.
// If another request with the same token wins the write, the second look finds
// its result within the grace and repeats it.
func (p *Provider) refresh(r *http.Request, client *idp.Client, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	token := secret.TokenOf(r.PostForm.Get("refresh_token"))
	if token.IsZero() {
		return nil, invalid("refresh_token is missing")
	}
	for try := range 3 {
		if try > 0 {
			held.Once = idp.Once{} // spent by the first
		}
		out, fail := p.refreshOnce(r, client, token, held)
		if fail == nil || !errors.Is(fail, idp.ErrConflict) {
			return out, fail
		}
	}
	return nil, fault(unavailable, "too many refreshes of one token at once; try again")
}

func (p *Provider) refreshOnce(r *http.Request, client *idp.Client, token secret.Token, held proof.Possession) (*zoidc.AccessTokenResponse, *protocolError) {
	now := p.Now()
	id, _, ok := idp.RefreshTokenParts(token)
	if !ok {
		return nil, fault(invalidGrant, badRefreshToken).why(idp.FailRefresh, "unknown")
	}
	g, user, err := p.Grants.Grant(r.Context(), id, now)
	if err != nil {
		return nil, refreshFault(err, &g, &user, client)
	}
	if g.ClientID != client.ID {
		return nil, fault(invalidGrant, badRefreshToken).because(errors.New("refresh token of another client")).why(idp.FailRefresh, "of another client")
	}
	if fail := admit(client, &user); fail != nil {
		return nil, fail
	}
	scopes, fail := narrower(r.PostForm.Get("scope"), g.Scopes)
	if fail != nil {
		return nil, fail
	}
	if !slices.Contains(allowedNow(client, g.Scopes), "offline_access") {
		return nil, fault(invalidGrant, badRefreshToken).because(errors.New("the client lost offline_access")).why(idp.FailScope, "offline_access", client.Scopes...)
	}
	if scopes = allowedNow(client, scopes); len(scopes) == 0 {
		return nil, noneLeft(client, g.Scopes)
	}
	resources, fail := p.narrowerTargets(r.PostForm["resource"], &g, client, scopes)
	if fail != nil {
		return nil, fail
	}
	event := reqlog.From(r.Context())
	event.UserID = g.UserID
	if fail := p.boundRefresh(r, &g, client, held, token); fail != nil {
		return nil, fail
	}
	next := g.Generation
	switch g.Refresh(p.Keyring, token, g.ShouldRotate(client, now), now) {
	case idp.RefreshReused:
		return nil, p.reused(r.Context(), &g, now)
	case idp.RefreshRepeat:
		event.Outcome = "token.refresh_repeated"
		return p.issue(client, issuance{grant: g, user: user, scopes: scopes, resources: resources, refresh: g.Generation, keyHash: held.KeyHash})
	case idp.RefreshRotate:
		next++
	case idp.RefreshKeep:
	default:
		return nil, fault(invalidGrant, badRefreshToken).why(idp.FailRefresh, p.notLive(&g, token))
	}
	expires := now.Add(client.RefreshIdleTTL)
	if expires.After(g.AbsoluteAt) {
		expires = g.AbsoluteAt
	}
	if err := p.Grants.AdvanceGrant(r.Context(), g, next, expires, now); err != nil {
		return nil, grantError(err, badRefreshToken)
	}
	event.Outcome = "token.refreshed"
	return p.issue(client, issuance{grant: g, user: user, scopes: scopes, resources: resources, refresh: next, keyHash: held.KeyHash})
}

// notLive tells a refresh token whose time is over from one that is none: for the
// former there was a time when it was good.
func (p *Provider) notLive(g *idp.Grant, token secret.Token) string {
	if g.Refresh(p.Keyring, token, false, g.LastUsedAt) != idp.RefreshInvalid {
		return "expired"
	}
	return "unknown"
}

// reused ends the grant of a refresh token that was spent before: either the
// client or a thief holds a copy, and nobody can tell which (RFC 9700 §4.14.2).
func (p *Provider) reused(ctx context.Context, g *idp.Grant, now time.Time) *protocolError {
	if err := p.Grants.RevokeGrant(ctx, g.ID, "refresh token used twice", now); err != nil {
		return grantError(err, badRefreshToken)
	}
	reqlog.From(ctx).Outcome = "token.refresh_reused"
	return fault(invalidGrant, badRefreshToken).because(idp.ErrUsed).why(idp.FailRefresh, "used before")
}

// narrower returns the scopes of this refresh: those asked, all of which must
// have been granted, or all that were.
func narrower(asked string, granted []string) ([]string, *protocolError) {
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		return granted, nil
	}
	for _, s := range scopes {
		if !slices.Contains(granted, s) {
			return nil, fault(invalidScope, "a refresh cannot add scopes").why(idp.FailScope, asked, granted...)
		}
	}
	return scopes, nil
}
