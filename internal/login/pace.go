package login

import (
	"hash/maphash"
	"sync"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// pace bounds how many forms a browser sends. It stands in front of the database,
// so it counts in memory, each process for itself, and in as many places as there
// are: two browsers that share one share its budget, which at most makes one of
// them wait a minute.
type pace struct {
	rate  magiclink.Rate
	seed  maphash.Seed
	mu    sync.Mutex
	ends  time.Time
	sent  []uint16
	dirty bool
}

const pacePlaces = 1 << 15

func newPace(r magiclink.Rate) *pace {
	return &pace{rate: r, seed: maphash.MakeSeed(), sent: make([]uint16, pacePlaces)}
}

// use counts one form; it returns *idp.LimitedError if there were too many.
func (p *pace) use(browser secret.Hash, now time.Time) error {
	if browser == "" || p.rate.Max == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.ends) {
		if p.dirty {
			clear(p.sent)
		}
		p.ends, p.dirty = now.Add(p.rate.Window), false
	}
	n := &p.sent[maphash.String(p.seed, string(browser))%pacePlaces]
	if int(*n) >= min(p.rate.Max, 1<<16-1) {
		return &idp.LimitedError{Limit: "posts_per_browser", RetryAt: p.ends}
	}
	*n++
	p.dirty = true
	return nil
}
