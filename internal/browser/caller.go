package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// Sessions looks up who is signed in.
type Sessions interface {
	// SignedIn returns idp.ErrNotFound if the hash belongs to no live session.
	SignedIn(ctx context.Context, session secret.Hash, clientID string, now time.Time) (*idp.SignedIn, error)
	TouchSession(ctx context.Context, id string, seenBefore, now, expires time.Time) error
}

// Reader knows the caller of each request.
type Reader struct {
	Cookies  *Cookies
	Proxies  Proxies
	Sessions Sessions
	TTL      time.Duration // of a session, since its last use
	Now      func() time.Time
}

// touchEvery is how often a session's use is written down: often enough that one
// which is used does not end before its time, seldom enough that reading stays
// reading. A session that is left alone may end this much early.
func (b *Reader) touchEvery() time.Duration { return min(24*time.Hour, b.TTL/10) }

// SignedIn returns who is signed in in the caller's browser and what they
// allowed clientID before, or nil for nobody.
func (b *Reader) SignedIn(r *http.Request, clientID string) (*idp.SignedIn, error) {
	hash := b.Cookies.Session(r)
	if hash == "" {
		return nil, nil
	}
	now := b.Now()
	in, err := b.Sessions.SignedIn(r.Context(), hash, clientID, now)
	if errors.Is(err, idp.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("who is signed in: %w", err)
	}
	if s := in.Session; now.Sub(s.LastSeenAt) >= b.touchEvery() {
		ends := now.Add(b.TTL)
		if ends.After(s.AbsoluteAt) {
			ends = s.AbsoluteAt
		}
		if err := b.Sessions.TouchSession(r.Context(), s.ID, s.LastSeenAt, now, ends); err != nil {
			return nil, fmt.Errorf("who is signed in: %w", err)
		}
	}
	return in, nil
}

// Asker describes the caller to the login. Its Browser is "" if the caller has
// no browser cookie yet.
func (b *Reader) Asker(r *http.Request) magiclink.Asker {
	addr := b.Proxies.Address(r)
	return magiclink.Asker{
		Browser: b.Cookies.Browser(r), IP: addr.String(), Network: magiclink.Network(addr), UserAgent: userAgent(r.UserAgent()),
		Marks: b.Cookies.Marks(r), Session: b.Cookies.Session(r),
	}
}
