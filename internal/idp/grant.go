package idp

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"idp/internal/secret"
)

// RefreshGrace is how long a client that lost the answer to a refresh may
// repeat it.
const RefreshGrace = 30 * time.Second

const refreshLabel = "refresh-token"

// What the ids of grants begin with; those that a device was given say so.
const (
	GrantPrefix       = "grt_"
	DeviceGrantPrefix = GrantPrefix + "dev_"
)

// Grant is what one application may do for one person: a single row from the
// redemption of its code to its last refresh.
type Grant struct {
	ID         string
	ClientID   string
	UserID     string
	SessionID  string
	Scopes     []string
	Resources  []string // RFC 8707: all that its tokens may be for; empty if the request named none
	AuthTime   time.Time
	AMR        []string
	ACR        string
	CreatedAt  time.Time
	LastUsedAt time.Time
	ExpiresAt  time.Time // slides with each refresh; the access token's end if there is none
	AbsoluteAt time.Time
	RevokedAt  time.Time
	Claims     []string // asked for by name; see AskedClaim
	KeyHash    string   // thumbprint of the DPoP key of its redemption; "" for none

	RevokeReason string // in words of ours; "" while it stands

	RefreshSalt string // "" if the grant has no refresh token
	Generation  int64  // of the live refresh token
	RotatedAt   time.Time
}

// Backing is what stands behind an access token at this moment.
type Backing struct {
	ClientID string
	User     User
	AuthTime time.Time
	AMR      []string
	Claims   []string // as in Grant
}

// Offline reports whether the grant outlives the session it came from (OpenID
// Connect Core §11).
func (g *Grant) Offline() bool { return slices.Contains(g.Scopes, "offline_access") }

// OfDevice reports whether a device was given the grant (RFC 8628).
func (g *Grant) OfDevice() bool { return strings.HasPrefix(g.ID, DeviceGrantPrefix) }

// AskedAt is when the code was made from which the grant comes, or when the device
// began to wait: when its id was. It is the zero time for an id that tells none.
func (g *Grant) AskedAt() time.Time {
	if g.OfDevice() {
		return secret.IDTime(DeviceGrantPrefix, g.ID)
	}
	return secret.IDTime(GrantPrefix, g.ID)
}

// RefreshToken returns the text of generation n. It can be made again, byte for
// byte, from the row and the root secret; neither alone is enough.
func (g *Grant) RefreshToken(k *secret.Keyring, n int64) secret.Token {
	gen := strconv.FormatInt(n, 10)
	return secret.TokenOf("rt_" + g.ID + "." + gen + "." + k.MAC(refreshLabel, g.RefreshSalt, g.ID, gen))
}

// RefreshTokenParts reads the grant id and the generation that a refresh token
// names. It proves nothing; Grant.Refresh does.
func RefreshTokenParts(t secret.Token) (grantID string, generation int64, ok bool) {
	text, isRefresh := strings.CutPrefix(t.Reveal(), "rt_")
	parts := strings.Split(text, ".")
	if !isRefresh || len(parts) != 3 || parts[0] == "" {
		return "", 0, false
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != parts[1] {
		return "", 0, false
	}
	return parts[0], n, true
}

// RefreshAnswer is what a presented refresh token gets.
type RefreshAnswer int

// The answers of Grant.Refresh.
const (
	RefreshInvalid RefreshAnswer = iota // not a token of this grant, or the grant is over
	RefreshReused                       // a spent token: revoke the grant (RFC 9700 §4.14.2)
	RefreshKeep                         // valid; the same token stays in use
	RefreshRotate                       // valid; the next generation replaces it
	RefreshRepeat                       // the answer got lost; give the live generation again
)

// Refresh says what presenting t means now. rotate is the policy for a valid
// token: see ShouldRotate.
func (g *Grant) Refresh(k *secret.Keyring, t secret.Token, rotate bool, now time.Time) RefreshAnswer {
	id, n, ok := RefreshTokenParts(t)
	if !ok || id != g.ID || g.RefreshSalt == "" {
		return RefreshInvalid
	}
	gen := strconv.FormatInt(n, 10)
	mac := t.Reveal()[strings.LastIndexByte(t.Reveal(), '.')+1:]
	if !k.CheckMAC(refreshLabel, mac, g.RefreshSalt, g.ID, gen) {
		return RefreshInvalid
	}
	if !g.RevokedAt.IsZero() || !now.Before(g.ExpiresAt) || !now.Before(g.AbsoluteAt) {
		return RefreshInvalid
	}
	switch {
	case n == g.Generation && rotate:
		return RefreshRotate
	case n == g.Generation:
		return RefreshKeep
	case n == g.Generation-1 && now.Sub(g.RotatedAt) <= RefreshGrace && !g.LastUsedAt.After(g.RotatedAt):
		return RefreshRepeat
	case n < g.Generation:
		return RefreshReused
	default:
		return RefreshInvalid
	}
}

// ShouldRotate is the policy auto: a public client's token is replaced at every
// use, because nothing else shows its theft; a confidential client's past 70 %
// of its idle life, because its secret already protects it.
func (g *Grant) ShouldRotate(c *Client, now time.Time) bool {
	if c.Public() {
		return true
	}
	since := g.RotatedAt
	if since.IsZero() {
		since = g.CreatedAt
	}
	return now.Sub(since) > c.RefreshIdleTTL*7/10
}
