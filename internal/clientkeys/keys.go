package clientkeys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"

	"idp/internal/idp"
	"idp/internal/lru"
	"idp/internal/outbound"
)

// Timeout and MaxBody are the bounds of one answer.
const (
	Timeout = 5 * time.Second
	MaxBody = 64 << 10
)

// How long an answer counts. What its server says is kept within the bounds.
var life = outbound.Life{Usual: 15 * time.Minute, Shortest: time.Minute, Longest: 24 * time.Hour}

const (
	staleFor    = 24 * time.Hour   // keys whose server does not answer
	again       = time.Minute      // until a new key is looked for, or a refusal is doubted
	silentFor   = 10 * time.Second // a server that did not answer is left alone
	maxEntries  = 1000             // of each side
	maxFetching = 16               // answers at once, of each side
	maxPerHost  = 4                // of these, for strangers
)

// Keys finds keys. It is safe for concurrent use.
type Keys struct{ declared, strangers *side }

// side is what declared applications, or strangers, have for themselves: however
// many strangers come, and wherever their addresses lead, the others notice nothing.
type side struct {
	out    *outbound.Client
	now    func() time.Time
	known  *lru.Memory[string, answer]
	flight singleflight.Group
	places *outbound.Places
}

// New makes Keys that remember nothing yet. Addresses that strangers name are asked
// through a client of their own.
func New(declared, strangers *outbound.Client, now func() time.Time) *Keys {
	of := func(out *outbound.Client, perHost int) *side {
		return &side{out: out, now: now, known: lru.New[string, answer](maxEntries), places: outbound.NewPlaces(maxFetching, perHost)}
	}
	return &Keys{declared: of(declared, maxFetching), strangers: of(strangers, maxPerHost)}
}

// answer is what is remembered of an address: keys, why there are none newer, or
// both.
type answer struct {
	keys  []idp.ClientKey
	err   error     // of the last attempt
	until time.Time // keys count without asking again
	stale time.Time // keys count if asking fails
	retry time.Time // the address is not asked again before
}

// ErrRefused: the address answers, but not with keys.
var ErrRefused = errors.New("no key set")

// Of returns the keys that the client signs with now. If none of them fits and
// the client publishes them by itself, it looks for newer ones. Its errors are
// idp.ErrUnreachable and ErrRefused; that no key fits is none.
func (k *Keys) Of(ctx context.Context, c *idp.Client, fits func(idp.ClientKey) bool) ([]idp.ClientKey, error) {
	if c.JWKSURI == "" {
		return c.Keys, nil
	}
	if c.Stranger {
		return k.strangers.at(ctx, c.JWKSURI, fits)
	}
	return k.declared.at(ctx, c.JWKSURI, fits)
}

func (s *side) at(ctx context.Context, uri string, fits func(idp.ClientKey) bool) ([]idp.ClientKey, error) {
	now := s.now()
	a, _ := s.known.Get(uri)
	if now.Before(a.until) && slices.ContainsFunc(a.keys, fits) || now.Before(a.retry) {
		return a.at(now)
	}
	done := s.flight.DoChan(uri, func() (any, error) {
		// Whoever leaves must not fail the others who wait.
		return s.refresh(context.WithoutCancel(ctx), uri), nil
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the keys: %w: %w", idp.ErrUnreachable, ctx.Err())
	case r := <-done:
		return r.Val.(answer).at(now)
	}
}

// at is what the answer is worth at a time.
func (a answer) at(now time.Time) ([]idp.ClientKey, error) {
	if a.err == nil || now.Before(a.until) || errors.Is(a.err, idp.ErrUnreachable) && now.Before(a.stale) {
		return a.keys, nil
	}
	return nil, a.err
}

// refresh asks the address, and remembers what came of it.
func (s *side) refresh(ctx context.Context, uri string) answer {
	release, free := s.places.Take(uri)
	if !free { // not remembered: it is no fault of this address
		a, _ := s.known.Get(uri)
		a.err = fmt.Errorf("too many key sets at once: %w", idp.ErrUnreachable)
		return a
	}
	defer release()
	keys, lives, err := s.fetch(ctx, uri)
	now := s.now()
	a, _ := s.known.Get(uri)
	switch {
	case err == nil:
		a = answer{keys: keys, until: now.Add(lives), stale: now.Add(lives + staleFor), retry: now.Add(again)}
	case errors.Is(err, idp.ErrUnreachable):
		a.err, a.retry = err, now.Add(silentFor)
		if now.Before(a.until) {
			a.retry = now.Add(again)
		}
	default: // the keys were taken back, or spoilt
		a = answer{err: err, retry: now.Add(again)}
	}
	s.known.Put(uri, a)
	return a
}
