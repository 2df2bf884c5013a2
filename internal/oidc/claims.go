package oidc

import (
	"slices"
	"time"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/text/language"

	"idp/internal/idp"
)

// personClaims are what is told about a person (OpenID Connect Core §5.1), the
// same in the ID token and at userinfo. It and the answers around it are plain
// structs: those of the library go through a map on their way to JSON, which
// costs more than opening the token does.
type personClaims struct {
	Name          string `json:"name,omitempty"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
	Locale        string `json:"locale,omitempty"`
	UpdatedAt     int64  `json:"updated_at,omitempty"`
	Groups        any    `json:"groups,omitempty"` // []string; left out if nobody asked, an empty list if there are none
}

// idTokenClaims are OpenID Connect Core §2.
type idTokenClaims struct {
	Issuer          string   `json:"iss"`
	Subject         string   `json:"sub"`
	Audience        []string `json:"aud"`
	Expiration      int64    `json:"exp"`
	IssuedAt        int64    `json:"iat"`
	AuthTime        int64    `json:"auth_time,omitempty"`
	Nonce           string   `json:"nonce,omitempty"`
	ACR             string   `json:"acr,omitempty"`
	AMR             []string `json:"amr,omitempty"`
	AuthorizedParty string   `json:"azp,omitempty"`
	AccessTokenHash string   `json:"at_hash,omitempty"`
	SessionID       string   `json:"sid,omitempty"`
	personClaims
}

// userinfo is OpenID Connect Core §5.3.2; the second half is in a signed answer
// only.
type userinfo struct {
	Subject string `json:"sub"`
	personClaims
	Issuer   string `json:"iss,omitempty"`
	Audience string `json:"aud,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	JWTID    string `json:"jti,omitempty"`
}

// introspection is RFC 7662 §2.2.
type introspection struct {
	Active       bool                      `json:"active"`
	Scope        zoidc.SpaceDelimitedArray `json:"scope,omitempty"`
	ClientID     string                    `json:"client_id,omitempty"`
	TokenType    string                    `json:"token_type,omitempty"`
	Expiration   int64                     `json:"exp,omitempty"`
	IssuedAt     int64                     `json:"iat,omitempty"`
	AuthTime     int64                     `json:"auth_time,omitempty"`
	Subject      string                    `json:"sub,omitempty"`
	Audience     []string                  `json:"aud,omitempty"`
	AMR          []string                  `json:"amr,omitempty"`
	Issuer       string                    `json:"iss,omitempty"`
	Username     string                    `json:"username,omitempty"`
	Actor        *zoidc.ActorClaims        `json:"act,omitempty"`
	Confirmation map[string]string         `json:"cnf,omitempty"`
}

// seconds is a time in JSON (RFC 7519 §2, NumericDate); 0, which is left out, if
// there is none.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// userClaims are the claims about a person that scopes ask for (OpenID Connect
// Core §5.4). An address is in the database only after it was proven, so
// email_verified is always true.
func userClaims(client *idp.Client, u *idp.User, scopes []string) (c personClaims) {
	if slices.Contains(scopes, "email") {
		c.Email, c.EmailVerified = u.Email, true
	}
	if slices.Contains(scopes, "profile") {
		c.Name, c.UpdatedAt = u.DisplayName(), seconds(u.UpdatedAt)
		if u.Locale != "" {
			if tag, err := language.Parse(u.Locale); err == nil {
				c.Locale = tag.String()
			}
		}
	}
	if slices.Contains(scopes, "groups") {
		c.Groups = client.GroupsOf(u)
	}
	return c
}

// tell adds claims that were asked for by name, of those that the client's scopes
// still cover.
func (c *personClaims) tell(client *idp.Client, u *idp.User, names []string) {
	for _, name := range names {
		all := userClaims(client, u, client.AllowedScopes([]string{idp.ClaimScope(name)}))
		switch name {
		case "email":
			c.Email = all.Email
		case "email_verified":
			c.EmailVerified = all.EmailVerified
		case "name":
			c.Name = all.Name
		case "locale":
			c.Locale = all.Locale
		case "updated_at":
			c.UpdatedAt = all.UpdatedAt
		}
	}
}
