package oidc

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/secret"
)

// issuance is what one token answer is made from.
type issuance struct {
	grant  idp.Grant
	user   idp.User
	scopes []string // of this answer: those of the grant, or fewer
	// resources are the audience of this answer's access token: those of the
	// grant, or fewer. A token for a resource is a JWT, because the resource reads
	// it.
	resources []string
	nonce     string // of the authorization request; none on refresh
	refresh   int64  // generation of the refresh token to give; 0 for none
	keyHash   string // of the DPoP key that the access token is bound to; "" for none

	actor *oidc.ActorClaims // who acts for the person after an exchange (RFC 8693 §4.1); nil otherwise
	until time.Time         // what the access token must not outlive; zero: nothing
}

// issue makes the tokens of an answer (RFC 6749 §5.1).
func (p *Provider) issue(client *idp.Client, i issuance) (*oidc.AccessTokenResponse, *protocolError) {
	now := p.Now()
	access, expires, err := p.accessToken(client, i, now)
	if err != nil {
		return nil, fault(serverError, "something went wrong here").because(err)
	}
	answer := &oidc.AccessTokenResponse{
		AccessToken: access, TokenType: oidc.BearerToken, ExpiresIn: uint64(max(0, expires.Unix()-now.Unix())), Scope: i.scopes,
	}
	if i.keyHash != "" {
		answer.TokenType = dpopScheme
	}
	if slices.Contains(i.scopes, "openid") && i.actor == nil {
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
	claims := idTokenClaims{
		Issuer: p.Issuer, Subject: p.subject(client, i.user.ID), Audience: []string{client.ID}, AuthorizedParty: client.ID, SessionID: p.session(client, i.grant.SessionID),
		Expiration: now.Add(client.IDTokenTTL).Unix(), IssuedAt: now.Unix(), AuthTime: seconds(i.grant.AuthTime), Nonce: i.nonce,
		ACR: i.grant.ACR, AMR: i.grant.AMR, AccessTokenHash: hash,
	}
	if !client.MinimalIDToken {
		claims.personClaims = userClaims(client, &i.user, i.scopes)
	}
	claims.tell(client, &i.user, idp.Asked(i.grant.Claims, idp.InIDToken))
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

// claimsSupported are the claims about people that some client may get.
func (p *Provider) claimsSupported() []string {
	if p.Clients.Any(hasGroups) {
		return append(slices.Clone(claimsSupported), "groups")
	}
	return claimsSupported
}

func hasGroups(c *idp.Client) bool { return slices.Contains(c.Scopes, "groups") }

// accessLabel seals opaque access tokens.
const accessLabel = "access-token"

// accessToken makes the access token in the client's format and says when it ends.
// Either form carries the grant's id; no row is written for it.
func (p *Provider) accessToken(client *idp.Client, i issuance, now time.Time) (token string, expires time.Time, err error) {
	expires = now.Add(client.AccessTokenTTL)
	if !i.until.IsZero() && i.until.Before(expires) {
		expires = i.until
	}
	if client.AccessToken != idp.TokenJWT && len(i.resources) == 0 {
		claims := accessClaims{Grant: i.grant.ID, Scopes: i.scopes, KeyHash: i.keyHash, Issued: now.Unix(), Expires: expires.Unix()}
		plain := claims.bytes()
		return opaquePrefix + p.Keyring.Seal(accessLabel, plain, nil), expires, nil
	}
	claims := &oidc.AccessTokenClaims{
		TokenClaims: oidc.TokenClaims{
			Issuer: p.Issuer, Subject: p.subject(client, i.user.ID), Audience: p.audience(client, i), Expiration: oidc.FromTime(expires),
			IssuedAt: oidc.FromTime(now), AuthTime: oidc.FromTime(i.grant.AuthTime), ClientID: client.ID,
			AuthenticationContextClassReference: i.grant.ACR, JWTID: i.grant.ID + "." + secret.NewSubject(""),
			Actor: i.actor,
		},
		Scopes: i.scopes,
	}
	if i.keyHash != "" {
		claims.Claims = map[string]any{"cnf": confirmation(i.keyHash)}
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", expires, err
	}
	token, err = p.Keys.sign(client.IDTokenAlg, atJWT, payload)
	return token, expires, err
}
