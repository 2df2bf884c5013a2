package oidc

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/text/language"

	"idp/internal/idp"
	"idp/internal/secret"
)

// issuance is what one token answer is made from.
type issuance struct {
	grant   idp.Grant
	user    idp.User
	scopes  []string // of this answer: those of the grant, or fewer
	nonce   string   // of the authorization request; none on refresh
	refresh int64    // generation of the refresh token to give; 0 for none
	keyHash string   // of the DPoP key that the access token is bound to; "" for none
}

// issue makes the tokens of an answer (RFC 6749 §5.1).
func (p *Provider) issue(client *idp.Client, i issuance) (*oidc.AccessTokenResponse, *protocolError) {
	now := p.Now()
	access, err := p.accessToken(client, i, now)
	if err != nil {
		return nil, fault(serverError, "something went wrong here").because(err)
	}
	answer := &oidc.AccessTokenResponse{
		AccessToken: access, TokenType: oidc.BearerToken, ExpiresIn: uint64(client.AccessTokenTTL / time.Second), Scope: i.scopes,
	}
	if i.keyHash != "" {
		answer.TokenType = dpopScheme
	}
	if slices.Contains(i.scopes, "openid") {
		if answer.IDToken, err = p.idToken(client, i, access, now); err != nil {
			return nil, fault(serverError, "something went wrong here").because(err)
		}
	}
	if i.refresh > 0 {
		answer.RefreshToken = i.grant.RefreshToken(p.Keyring, i.refresh).Reveal()
	}
	return answer, nil
}

// idToken makes an ID token (OpenID Connect Core §2).
func (p *Provider) idToken(client *idp.Client, i issuance, access string, now time.Time) (string, error) {
	hash, err := oidc.ClaimHash(access, jose.SignatureAlgorithm(client.IDTokenAlg))
	if err != nil {
		return "", err
	}
	claims := oidc.IDTokenClaims{
		TokenClaims: oidc.TokenClaims{
			Issuer: p.Issuer, Subject: i.user.ID, Audience: oidc.Audience{client.ID}, Expiration: oidc.FromTime(now.Add(client.IDTokenTTL)),
			IssuedAt: oidc.FromTime(now), AuthTime: oidc.FromTime(i.grant.AuthTime), Nonce: i.nonce, AuthorizedParty: client.ID,
			AuthenticationContextClassReference: i.grant.ACR, AuthenticationMethodsReferences: i.grant.AMR,
		},
		AccessTokenHash: hash, SessionID: i.grant.SessionID,
	}
	info := &oidc.UserInfo{}
	if !client.MinimalIDToken {
		info = userClaims(&i.user, i.scopes)
	}
	tell(info, &i.user, idp.Asked(i.grant.Claims, idp.InIDToken))
	claims.UserInfoProfile, claims.UserInfoEmail = info.UserInfoProfile, info.UserInfoEmail
	payload, err := json.Marshal(&claims)
	if err != nil {
		return "", err
	}
	return p.Keys.sign(client.IDTokenAlg, jwtType, payload)
}

var claimsSupported = []string{
	"sub", "iss", "aud", "azp", "exp", "iat", "auth_time", "amr", "acr", "sid", "nonce", "at_hash",
	"email", "email_verified", "name", "locale", "updated_at",
}

// userClaims are the claims about a person that scopes ask for (OpenID Connect
// Core §5.4), the same in the ID token and at userinfo. An address is in the
// database only after it was proven, so email_verified is always true.
func userClaims(u *idp.User, scopes []string) *oidc.UserInfo {
	info := &oidc.UserInfo{Subject: u.ID}
	if slices.Contains(scopes, "email") {
		info.Email, info.EmailVerified = u.Email, true
	}
	if slices.Contains(scopes, "profile") {
		info.Name, info.UpdatedAt = u.DisplayName(), oidc.FromTime(u.UpdatedAt)
		if tag, err := language.Parse(u.Locale); err == nil && u.Locale != "" {
			info.Locale = oidc.NewLocale(tag)
		}
	}
	return info
}

// accessLabel seals opaque access tokens.
const accessLabel = "access-token"

// accessToken makes the access token in the client's format. Either form carries
// the grant's id; no row is written for it.
func (p *Provider) accessToken(client *idp.Client, i issuance, now time.Time) (string, error) {
	expires := now.Add(client.AccessTokenTTL)
	if client.AccessToken != idp.TokenJWT {
		claims := accessClaims{Grant: i.grant.ID, Scopes: i.scopes, KeyHash: i.keyHash, Issued: now.Unix(), Expires: expires.Unix()}
		plain := claims.bytes()
		return opaquePrefix + p.Keyring.Seal(accessLabel, plain, nil), nil
	}
	claims := &oidc.AccessTokenClaims{
		TokenClaims: oidc.TokenClaims{
			Issuer: p.Issuer, Subject: i.user.ID, Audience: oidc.Audience{client.ID}, Expiration: oidc.FromTime(expires),
			IssuedAt: oidc.FromTime(now), AuthTime: oidc.FromTime(i.grant.AuthTime), ClientID: client.ID,
			AuthenticationContextClassReference: i.grant.ACR, JWTID: i.grant.ID + "." + secret.NewSubject(""),
		},
		Scopes: i.scopes,
	}
	if i.keyHash != "" {
		claims.Claims = confirmation(i.keyHash)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	return p.Keys.sign(client.IDTokenAlg, atJWT, payload)
}
