package gate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
	"idp/internal/oidc"
)

// Scope is what a token must have.
const Scope = "admin"

// Gate is one door.
type Gate struct {
	Clients []string // the applications whose tokens it takes
	Tokens  Tokens
	// Member reports whether a person may administer.
	Member func(u *idp.User) bool
}

// Tokens reads access tokens; oidc.Provider is one.
type Tokens interface {
	Bearer(ctx context.Context, token string) (oidc.Bearer, error)
}

// Caller is somebody who may administer.
type Caller struct {
	ID       string // of the user, or of the client that acts for itself
	UserID   string // "" if the client acts for itself
	Email    string // of the user
	ClientID string
	GrantID  string
	AuthTime time.Time // when the person last proved their mailbox
	Expires  time.Time // of the token
}

// Why is a word for what was missing. The words are results in the audit log.
type Why string

// What can be missing.
const (
	NoToken     Why = "no_token"
	BadToken    Why = "invalid_token"
	Expired     Why = "expired_token"
	NoScope     Why = "no_scope"
	WrongClient Why = "wrong_client"
	NotInGroup  Why = "not_in_group"
)

// Refusal is the error of Admit for somebody who may not.
type Refusal struct {
	Why    Why
	Caller Caller // what is known of them; empty without a token that lives
	Cause  error
}

func (r *Refusal) Error() string {
	if r.Cause != nil {
		return fmt.Sprintf("%s: %v", r.Why, r.Cause)
	}
	return string(r.Why)
}

// Unwrap gives the cause to errors.Is.
func (r *Refusal) Unwrap() error { return r.Cause }

// Admit says who holds the token. Its error is a *Refusal, or idp.ErrUnavailable
// and others if nobody can tell.
func (g *Gate) Admit(ctx context.Context, token string) (Caller, error) {
	if token == "" {
		return Caller{}, &Refusal{Why: NoToken}
	}
	b, err := g.Tokens.Bearer(ctx, token)
	switch {
	case errors.Is(err, idp.ErrExpired):
		return Caller{}, &Refusal{Why: Expired, Cause: err}
	case errors.Is(err, idp.ErrNotFound):
		return Caller{}, &Refusal{Why: BadToken, Cause: err}
	case err != nil:
		return Caller{}, fmt.Errorf("admit an administrator: %w", err)
	}
	c := Caller{ID: b.User.ID, UserID: b.User.ID, Email: b.User.Email, ClientID: b.ClientID, GrantID: b.GrantID, AuthTime: b.AuthTime, Expires: b.Expires}
	if c.UserID == "" {
		c.ID = b.ClientID
	}
	switch {
	case !slices.Contains(g.Clients, b.ClientID):
		return c, &Refusal{Why: WrongClient, Caller: c}
	case !b.Has(Scope):
		return c, &Refusal{Why: NoScope, Caller: c}
	case c.UserID != "" && !g.Member(&b.User):
		return c, &Refusal{Why: NotInGroup, Caller: c}
	}
	return c, nil
}

// Presented is the token of a request's Authorization header; "" if there is not
// exactly one. No other place is looked at (RFC 6750 §2.1).
func Presented(r *http.Request) string {
	header := r.Header.Values("Authorization")
	if len(header) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(header[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
