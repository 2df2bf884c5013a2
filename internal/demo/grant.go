package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// grant is what one sign-in gave the application. It stays on the server.
type grant struct {
	Subject      string
	AccessToken  string
	RefreshToken string // empty if the provider gave none
	IDToken      string // as it came: sign-out sends it back as a hint
	Scope        string
	ExpiresAt    time.Time // of the access token; zero if not said
	AskedAt      time.Time // when userinfo answered

	IDClaims claims
	UserInfo claims
}

// redeem exchanges the code and believes the result only after every check of
// OpenID Connect Core §3.1.3.7 and §5.3.2.
func (p *party) redeem(ctx context.Context, code string, at attempt) (grant, error) {
	ctx = p.calling(ctx)
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(at.Verifier))
	if err != nil {
		return grant{}, fmt.Errorf("redeem code: %w", err)
	}
	id, raw, err := p.readIDToken(ctx, token)
	if err != nil {
		return grant{}, err
	}
	if err := p.checkAnswers(id, at); err != nil {
		return grant{}, err
	}
	granted := grant{Subject: id.Subject, IDToken: raw}
	if err := id.Claims(&granted.IDClaims); err != nil {
		return grant{}, fmt.Errorf("read ID token claims: %w", err)
	}
	return p.complete(ctx, granted, token)
}

// renew trades the refresh token for new tokens. A new ID token must speak of
// the same person and the same login (OpenID Connect Core §12.2).
func (p *party) renew(ctx context.Context, old grant) (grant, error) {
	ctx = p.calling(ctx)
	token, err := p.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		return grant{}, fmt.Errorf("refresh tokens: %w", err)
	}
	renewed := old
	if token.Extra("id_token") != nil {
		id, raw, err := p.readIDToken(ctx, token)
		if err != nil {
			return grant{}, err
		}
		renewed.IDToken, renewed.IDClaims = raw, nil
		if err := id.Claims(&renewed.IDClaims); err != nil {
			return grant{}, fmt.Errorf("read ID token claims: %w", err)
		}
		if err := checkContinuity(old, renewed, id); err != nil {
			return grant{}, err
		}
	}
	return p.complete(ctx, renewed, token)
}

// complete fills in the tokens and asks userinfo, whose answer counts only if
// it is about the person of the ID token (OpenID Connect Core §5.3.2).
func (p *party) complete(ctx context.Context, g grant, token *oauth2.Token) (grant, error) {
	info, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return grant{}, fmt.Errorf("ask userinfo: %w", err)
	}
	if info.Subject != g.Subject {
		return grant{}, errOtherPerson
	}
	g.UserInfo = nil
	if err := info.Claims(&g.UserInfo); err != nil {
		return grant{}, fmt.Errorf("read userinfo: %w", err)
	}
	g.AccessToken, g.RefreshToken = token.AccessToken, token.RefreshToken
	if scope, ok := token.Extra("scope").(string); ok {
		g.Scope = scope
	}
	g.AskedAt, g.ExpiresAt = p.now(), time.Time{}
	if token.ExpiresIn > 0 {
		g.ExpiresAt = g.AskedAt.Add(time.Duration(token.ExpiresIn) * time.Second)
	}
	return g, nil
}

// readIDToken verifies signature, issuer, audience, time, azp and at_hash, and
// returns the token with its raw form. Nonce and login age are the caller's.
func (p *party) readIDToken(ctx context.Context, token *oauth2.Token) (*oidc.IDToken, string, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, "", fmt.Errorf("%w: the answer has no ID token", errUntrusted)
	}
	id, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errUntrusted, err)
	}
	if err := p.checkParty(id); err != nil {
		return nil, "", err
	}
	// at_hash is optional in the code flow; if it is there, it must be right.
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, "", fmt.Errorf("%w: %w", errUntrusted, err)
		}
	}
	return id, raw, nil
}
