package magiclink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"idp/internal/idp"
)

// Return is a number of uses of a budget that were counted at a time and are
// given back.
type Return struct {
	Count   Count
	Times   int
	Counted time.Time
}

// returns collects what is given back, so that a sign-in does not write it down
// by itself.
type returns struct {
	mu      sync.Mutex
	byKey   map[string]Return
	writing sync.Mutex
}

// maxReturns bounds what waits; beyond it, budgets refill with their windows only.
const maxReturns = 10_000

// returnBatch bounds what is written at once.
const returnBatch = 500

func (r *returns) add(counts []Count, times int, counted time.Time) {
	if times == 0 {
		return // an invitation
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byKey == nil {
		r.byKey = map[string]Return{}
	}
	for _, c := range counts {
		have, waits := r.byKey[c.Key]
		switch {
		case !waits && len(r.byKey) >= maxReturns:
		case !waits:
			r.byKey[c.Key] = Return{c, times, counted}
		default:
			// With the earlier time, nothing is taken out of a later window.
			have.Times += times
			if counted.Before(have.Counted) {
				have.Counted = counted
			}
			r.byKey[c.Key] = have
		}
	}
}

func (r *returns) drain() []Return {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Return, 0, len(r.byKey))
	for _, v := range r.byKey {
		out = append(out, v)
	}
	r.byKey = nil
	return out
}

// completed gives the mails of a sign-in that somebody finished back to the budgets
// that they were counted against: those are for mails that nobody waited for. A link
// that signed in elsewhere gave them back already when the code comes after it.
func (s *Service) completed(c *Challenge) {
	if c.ApprovedBy == ByCode && !c.LinkUsedAt.IsZero() {
		return
	}
	s.returns.add(s.sendCounts(c), c.Sends, c.CreatedAt)
	s.meters.sends.giveBack(c.Sends, c.CreatedAt, s.now())
}

// Settle writes down what was counted and given back in memory. It is for a job
// that runs about every second, and for the end of the process.
func (s *Service) Settle(ctx context.Context) error {
	s.returns.writing.Lock() // whoever comes second returns when all is written
	defer s.returns.writing.Unlock()
	now := s.now()
	counts, lost := s.meters.due(now, false)
	if len(counts) > 0 {
		if err := s.store.Tally(ctx, counts, now); err != nil {
			lost()
			return fmt.Errorf("settle budgets: %w", err)
		}
	}
	back := s.returns.drain()
	for len(back) > 0 {
		part := back[:min(len(back), returnBatch)]
		if err := s.store.GiveBack(ctx, part); err != nil {
			for _, r := range back {
				s.returns.add([]Count{r.Count}, r.Times, r.Counted)
			}
			return fmt.Errorf("settle budgets: %w", err)
		}
		back = back[len(part):]
	}
	return nil
}

func domainOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return domain
}

func isLimited(err error) bool {
	var l *idp.LimitedError
	return errors.As(err, &l)
}
