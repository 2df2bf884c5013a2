package idp

import (
	"errors"
	"fmt"
	"time"
)

// The sentinels of the house. Storage translates its errors into them; the
// borders (oidc, login) translate them into answers.
var (
	// ErrNotFound: there is no such thing, or it is not this caller's.
	ErrNotFound = errors.New("not found")
	// ErrExpired: it existed and its time is over.
	ErrExpired = errors.New("expired")
	// ErrUsed: it was a one-shot and somebody was first.
	ErrUsed = errors.New("already used")
	// ErrRevoked: the grant, session or user behind it no longer stands.
	ErrRevoked = errors.New("revoked")
	// ErrForbidden: it is proven who they are, and it is not for them.
	ErrForbidden = errors.New("not for this person")
	// ErrWrongCode: the typed code matches none that is alive.
	ErrWrongCode = errors.New("wrong code")
	// ErrLocked: too many wrong codes; the link still works.
	ErrLocked = errors.New("code entry is locked")
	// ErrForeignBrowser: it belongs to another browser.
	ErrForeignBrowser = errors.New("belongs to another browser")
	// ErrConflict: another process changed the row first.
	ErrConflict = errors.New("changed by somebody else")
	// ErrUnavailable: the database cannot be reached; trying again may help.
	ErrUnavailable = errors.New("database unavailable")
	// ErrUnreachable: another server does not answer now; trying again may help.
	ErrUnreachable = errors.New("another server does not answer")
)

// LimitedError says that a limit is reached and when it is worth trying again.
type LimitedError struct {
	Limit   string    // the limit's name, as in the configuration
	RetryAt time.Time // the end of its window
}

func (e *LimitedError) Error() string {
	return fmt.Sprintf("limit %s reached until %s", e.Limit, e.RetryAt.UTC().Format(time.RFC3339))
}
