package proof

import (
	"errors"
	"slices"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// maxID bounds a jti.
const maxID = 512

// AssertedClient is the client that an assertion speaks for, unverified: only to
// find whose keys must have signed it. It is "" if the text says none.
func AssertedClient(text string) string {
	jws, _, err := parse(text, idp.SigningAlgorithms)
	if err != nil {
		return ""
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if decode(jws.UnsafePayloadWithoutVerification(), &claims) != nil {
		return ""
	}
	return claims.Subject
}

// Assertion checks a client's authentication by private_key_jwt (OpenID Connect
// Core §9, RFC 7523 §3). The audience is the issuer's identifier, alone and as a
// text: anything wider could be taken to another server (FAPI 2.0 Security
// Profile §5.3.2.1).
func Assertion(text string, client *idp.Client, issuer string, now time.Time) (idp.Once, error) {
	var claims struct {
		times
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience any    `json:"aud"`
		ID       string `json:"jti"`
	}
	header, err := verify(text, client, idp.SigningAlgorithms, &claims)
	if err != nil {
		return idp.Once{}, err
	}
	if !slices.Contains([]string{"", "jwt", "client-authentication+jwt"}, typ(header)) {
		return idp.Once{}, errors.New("its typ says that it is for something else")
	}
	switch audience, isText := claims.Audience.(string); {
	case claims.Issuer != client.ID || claims.Subject != client.ID:
		return idp.Once{}, errors.New("iss and sub must both be the client_id")
	case !isText || audience != issuer:
		return idp.Once{}, errors.New("aud must be the issuer, as one text: " + issuer)
	case claims.ID == "" || len(claims.ID) > maxID:
		return idp.Once{}, errors.New("jti is missing or too long")
	}
	if err := claims.check(now); err != nil {
		return idp.Once{}, err
	}
	return idp.Once{Hash: once(secret.KindAssertion, client.ID, claims.ID), Expires: claims.expires(), Earliest: claims.earliest(skew)}, nil
}

// once hashes what makes a text unique: who made it and its id.
func once(kind secret.Kind, maker, id string) secret.Hash {
	return secret.TokenOf(maker + "\n" + id).Hash(kind)
}
