package mail

import (
	"math/rand/v2"
	"sync"
	"time"

	"idp/internal/magiclink"
)

// recent remembers how the last letters fared. What the waiting page shows to
// somebody who gets no mail is made from it.
type recent struct {
	mu   sync.Mutex
	took []time.Duration // of accepted letters, from the claim to the server's word
	next int             // the oldest of took
	down time.Time       // when a letter last met no server that works; zero if one was accepted since
	fell time.Duration   // and how long that took
}

const (
	remembered = 32
	usual      = 400 * time.Millisecond // before there is anything to remember
	// An outage is over, for all that anybody can tell, when a letter that met it
	// should have been tried again.
	outageFor = 150 * time.Second
)

// add records the fate of a letter that was really sent.
func (r *recent) add(d *magiclink.Delivery, took time.Duration, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case d.State == magiclink.Deferred && d.Reason == magiclink.Unreachable:
		r.down, r.fell = now, took
	case d.State == magiclink.Accepted:
		r.down = time.Time{}
		if len(r.took) < remembered {
			r.took = append(r.took, took)
			return
		}
		r.took[r.next], r.next = took, (r.next+1)%remembered
	}
}

// imitate is what a letter that is taken now would come to. AcceptedAt is when
// that is to be seen.
func (r *recent) imitate(tries int, now time.Time) magiclink.Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.down.IsZero() && now.Sub(r.down) < outageFor {
		seen := now.Add(about(r.fell))
		return magiclink.Delivery{State: magiclink.Deferred, Reason: magiclink.Unreachable, AcceptedAt: seen, NextAt: seen.Add(retryPause(tries))}
	}
	took := usual
	if len(r.took) > 0 {
		took = r.took[rand.IntN(len(r.took))] //nolint:gosec // nothing is protected by not guessing it
	}
	return magiclink.Delivery{State: magiclink.Skipped, AcceptedAt: now.Add(about(took))}
}

// about is d, give or take a fifth, and less than a lease.
func about(d time.Duration) time.Duration {
	return min(d*4/5+rand.N(d*2/5+time.Millisecond), Lease/2) //nolint:gosec // as above
}
