package idp

import (
	"encoding/json"
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
	GrantID       string   `json:"g"`
	ClientID      string   `json:"c"`
	RedirectURI   string   `json:"r"`
	CodeChallenge string   `json:"h,omitempty"`
	Claims        []string `json:"e,omitempty"` // asked for by name; see AskedClaim
	KeyHash       string   `json:"j,omitempty"` // the DPoP key that must redeem it
	Nonce         string   `json:"n,omitempty"`
	UserID        string   `json:"u"`
	SessionID     string   `json:"s"`
	Scopes        []string `json:"o,omitempty"`
	IssuedAt      int64    `json:"t"` // Unix milliseconds
}

// Seal returns the text that the application gets.
func (c *Code) Seal(k *secret.Keyring) string {
	plain, err := json.Marshal(c)
	if err != nil {
		panic("idp: a code is plain data: " + err.Error())
	}
	return k.Seal(codeLabel, plain, nil)
}

// OpenCode reverses Seal: ErrNotFound for anything we did not seal, ErrExpired
// after CodeTTL (with the code, so that a late replay is still recognised).
func OpenCode(k *secret.Keyring, text string, now time.Time) (*Code, error) {
	plain, err := k.Open(codeLabel, text, nil)
	if err != nil {
		return nil, ErrNotFound
	}
	c := &Code{}
	if json.Unmarshal(plain, c) != nil {
		return nil, ErrNotFound
	}
	if now.Sub(time.UnixMilli(c.IssuedAt)) > CodeTTL {
		return c, ErrExpired
	}
	return c, nil
}
