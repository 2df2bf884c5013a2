package oidc

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
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
	Grant   string
	Scopes  []string
	KeyHash string // of the DPoP key that it is bound to; "" for none
	Issued  int64  // Unix seconds
	Expires int64

	Audience []string // empty for an opaque token, which is for us alone
	Client   string   // that a JWT was given to; "" for an opaque token
	Actor    *oidc.ActorClaims
}

func (a *accessClaims) has(scope string) bool { return slices.Contains(a.Scopes, scope) }

// bytes is the form that is sealed into an opaque token: this layout's number, the
// two times, then grant and scopes, none of which can contain a space. In a bound
// token the key's hash comes before the grant, as text of one length.
func (a *accessClaims) bytes() []byte {
	out := make([]byte, 0, 128)
	out = append(out, accessLayout)
	out = binary.BigEndian.AppendUint64(out, uint64(a.Issued))
	out = binary.BigEndian.AppendUint64(out, uint64(a.Expires))
	if a.KeyHash != "" {
		out[0] = boundLayout
		out = append(out, a.KeyHash...)
	}
	out = append(out, a.Grant...)
	for _, s := range a.Scopes {
		out = append(append(out, ' '), s...)
	}
	return out
}

const (
	accessLayout = 1
	boundLayout  = 2
	keyHashBytes = 43
	accessTimes  = 1 + 8 + 8 // bytes before the grant
)

func parseAccessClaims(b []byte) (*accessClaims, error) {
	keyHash, start := "", accessTimes
	switch {
	case len(b) > accessTimes && b[0] == accessLayout:
	case len(b) > accessTimes+keyHashBytes && b[0] == boundLayout:
		start += keyHashBytes
		keyHash = string(b[accessTimes:start])
	default:
		return nil, errors.New("access token of another layout")
	}
	grant, scopes, _ := strings.Cut(string(b[start:]), " ")
	return &accessClaims{
		KeyHash: keyHash,
		Grant:   grant, Scopes: strings.Fields(scopes),
		Issued: int64(binary.BigEndian.Uint64(b[1:])), Expires: int64(binary.BigEndian.Uint64(b[9:])),
	}, nil
}

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
		return parseAccessClaims(plain)
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
	grantID := c.JWTID[:max(0, strings.LastIndexByte(c.JWTID, '.'))] // behind the dot is what makes the token unique
	return &accessClaims{
		Grant: grantID, Scopes: c.Scopes, KeyHash: confirmed(c.Claims), Issued: int64(c.IssuedAt), Expires: int64(c.Expiration),
		Audience: c.Audience, Client: c.ClientID, Actor: c.Actor,
	}, nil
}

// confirmed is the key hash in the claim cnf; "" if there is none.
func confirmed(claims map[string]any) string {
	cnf, _ := claims["cnf"].(map[string]any)
	hash, _ := cnf["jkt"].(string)
	return hash
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

// holder is the id of the client that the token of a grant was given to: the
// grant's own, or the one that exchanged a token of it.
func (a *accessClaims) holder(grantClient string) string {
	if a == nil || a.Client == "" {
		return grantClient
	}
	return a.Client
}
