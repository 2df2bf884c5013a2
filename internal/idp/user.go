package idp

import (
	"slices"
	"strings"
	"time"
)

// User is a person who proved an address at least once. Its ID is the OpenID
// Connect sub: opaque, stable, never reused.
type User struct {
	ID         string
	Email      string // canonical; see magiclink.ParseAddress
	Name       string
	Locale     string
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DisabledAt time.Time // zero: enabled
	Groups     []string  // that an administrator put the person into, beside those of the configuration
}

// Session is one signed-in browser.
type Session struct {
	ID         string
	UserID     string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time // slides with use
	AbsoluteAt time.Time // does not
	AuthTime   time.Time // when the person last proved the mailbox here
	AMR        []string  // RFC 8176 values and our private email_link, email_code
	ACR        string
	IP         string
	UserAgent  string
	RevokedAt  time.Time
}

// ACREmail is the acr of a login by mail. It claims no assurance level of any
// standard: NIST SP 800-63B-4 §3.1.3.1 does not count e-mail as a factor.
const ACREmail = "urn:idp:acr:email"

// SignedIn is what one look-up by the session cookie gives: the session, its
// user, and what the user allowed the asking client before.
type SignedIn struct {
	Session Session
	User    User
	Consent Consent
}

// Consent is what a user allowed a client. Its zero value allows nothing.
type Consent struct {
	Scopes    []string // and resources; see Flow.Consents
	GrantedAt time.Time
}

// Allowed is a consent with whom it was given.
type Allowed struct {
	ClientID string
	Consent
}

// Covers reports whether every one of scopes was allowed before.
func (c Consent) Covers(scopes []string) bool {
	if c.GrantedAt.IsZero() {
		return false
	}
	for _, s := range scopes {
		if !slices.Contains(c.Scopes, s) {
			return false
		}
	}
	return true
}

// DisplayName is the user's name, or the local part of the address: many
// applications refuse a user without a name.
func (u *User) DisplayName() string {
	if u.Name != "" {
		return u.Name
	}
	local, _, _ := strings.Cut(u.Email, "@")
	return local
}
