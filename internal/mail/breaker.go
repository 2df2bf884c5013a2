package mail

import (
	"sync"
	"time"
)

const (
	opensAfter = 3           // failures in a row
	opensFor   = time.Minute // then one letter tries again
)

// breaker keeps letters away from a provider that does not work, so that none of
// them waits for its timeouts.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // while it is open
	probing  bool      // one letter is trying
}

// allows reports whether a letter may try the provider. Each true is followed by
// one report.
func (b *breaker) allows(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < opensAfter {
		return true
	}
	if b.probing || now.Before(b.until) {
		return false
	}
	b.probing = true
	return true
}

// report records whether the provider worked.
func (b *breaker) report(worked bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if worked {
		b.failures = 0
		return
	}
	if b.failures++; b.failures >= opensAfter {
		b.until = now.Add(opensFor)
	}
}

// rest is how long no letter may try.
func (b *breaker) rest(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < opensAfter {
		return 0
	}
	return max(0, b.until.Sub(now))
}
