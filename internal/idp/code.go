package idp

import (
	"time"

	"idp/internal/secret"
)

// CodeTTL is the life of an authorization code: one redirect and one request.
const CodeTTL = 60 * time.Second

const codeLabel = "authorization-code"

// Code is an authorization code (RFC 6749 §4.1.2). It is a sealed statement;
// issuing it writes nothing. GrantID is the primary key of the grant that its
// redemption inserts, which makes that insert the single use.
type Code struct {
	GrantID       string
	ClientID      string
	RedirectURI   string
	CodeChallenge string
	Claims        []string // asked for by name; see AskedClaim
	KeyHash       string   // the DPoP key that must redeem it
	Nonce         string
	UserID        string
	SessionID     string
	Scopes        []string
	Resources     []string // RFC 8707
	IssuedAt      int64    // Unix milliseconds
}

func (c *Code) fields(p *packer) {
	p.strings(&c.GrantID, &c.ClientID, &c.RedirectURI, &c.CodeChallenge, &c.KeyHash, &c.Nonce, &c.UserID, &c.SessionID)
	p.lists(&c.Claims, &c.Scopes, &c.Resources)
	p.number(&c.IssuedAt)
}

// Seal returns the text that the application gets.
func (c *Code) Seal(k *secret.Keyring) string {
	return seal(k, codeLabel, c)
}

// OpenCode reverses Seal: ErrNotFound for anything we did not seal, ErrExpired
// after CodeTTL (with the code, so that a late replay is still recognised).
func OpenCode(k *secret.Keyring, text string, now time.Time) (*Code, error) {
	c := &Code{}
	if err := open(k, codeLabel, text, c); err != nil {
		return nil, err
	}
	if now.Sub(time.UnixMilli(c.IssuedAt)) > CodeTTL {
		return c, ErrExpired
	}
	return c, nil
}
