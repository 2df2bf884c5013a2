package magiclink

import (
	"sync"
	"time"

	"idp/internal/secret"
)

// meter counts something for the whole installation. Such a number is one row,
// and fifty sign-ins a second that touch one row wait for each other in the
// database. So each process counts in memory and writes down what it counted
// every meterBatch uses or every meterEvery, together with a statement that it
// sends anyway; what it reads back is the sum of all processes.
//
// One process is exact. Several may go beyond a limit by meterBatch each.
type meter struct {
	name  string
	key   Count // without its Block
	mu    sync.Mutex
	local int // counted here and not written down yet
	sent  int // on its way
	wrote time.Time
	sums  []Taken // of all windows, local included; in the order of key.Rates
}

const (
	meterBatch = 20
	meterEvery = time.Second
	meterHear  = 15 * time.Second
)

// newMeter makes a meter; one without rates counts nothing and is never full.
func newMeter(k *secret.Keyring, name string, rates []Rate) *meter {
	m := &meter{name: name}
	for _, c := range NewCounts(k, name, rates) {
		m.key = c
	}
	m.sums = make([]Taken, len(m.key.Rates))
	return m
}

// roll begins the windows anew that have ended.
func (m *meter) roll(now time.Time) {
	for i := range m.sums {
		if w := &m.sums[i]; !w.Ends.After(now) {
			*w = Taken{Ends: now.Add(m.key.Rates[i].Window)}
		}
	}
}

// add counts n uses, or takes back what was counted just now.
func (m *meter) add(n int, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count(n, now)
}

func (m *meter) count(n int, now time.Time) {
	m.roll(now)
	m.local += n
	for i := range m.sums {
		m.sums[i].Count = max(0, m.sums[i].Count+n)
	}
}

// giveBack takes back n uses that were counted at a time. If a window began after
// that they stay counted: they would be taken out of one that never held them.
func (m *meter) giveBack(n int, counted, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.roll(now)
	for i, w := range m.sums {
		if w.Ends.Add(-m.key.Rates[i].Window).After(counted) {
			return
		}
	}
	m.count(-n, now)
}

// take counts one use unless a window is filled to percent of its maximum; then it
// says when that ends.
func (m *meter) take(percent int, now time.Time) (until time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until, ok = m.room(percent, now); ok {
		m.count(1, now)
	}
	return until, ok
}

// below counts one use if the shortest window holds less than limit.
func (m *meter) below(limit int, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.roll(now); len(m.sums) > 0 && m.sums[len(m.sums)-1].Count >= limit {
		return false
	}
	m.count(1, now)
	return true
}

// has is take without counting.
func (m *meter) has(percent int, now time.Time) (until time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.room(percent, now)
}

func (m *meter) room(percent int, now time.Time) (until time.Time, ok bool) {
	m.roll(now)
	for i, r := range m.key.Rates {
		if w := m.sums[i]; w.Count >= r.Max*percent/100 && w.Ends.After(until) {
			until = w.Ends
		}
	}
	return until, until.IsZero()
}

// sum is what the shortest window holds.
func (m *meter) sum(now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.roll(now); len(m.sums) == 0 {
		return 0
	}
	return m.sums[len(m.sums)-1].Count
}

// due returns what is to be written down now; lost must be called if that failed,
// and changes nothing once the sums were heard. At a request, that is nothing mostly, and
// at the start and every meterHear even if nothing was counted, to hear of the other
// processes. Otherwise it is whatever was counted.
func (m *meter) due(now time.Time, request bool) (counts []Count, lost func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.local
	early := request && n < meterBatch && n > -meterBatch && now.Sub(m.wrote) < meterEvery
	idle := n == 0 && (!request || now.Sub(m.wrote) < meterHear)
	if len(m.sums) == 0 || m.sent != 0 || early || idle {
		return nil, func() {}
	}
	m.local, m.sent, m.wrote = 0, n, now
	c, heard := m.key, false // heard: it is written down, whatever becomes of the rest
	c.Block, c.Took = n, func(all []Taken) { heard = true; m.took(all) }
	if n == 0 { // to hear what the others counted
		c.Block = 1
		m.local--
	}
	return []Count{c}, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if heard {
			return
		}
		m.local, m.sent = m.local+n, 0
		if n == 0 {
			m.local++
		}
	}
}

// took hears the sums of all processes, without what was counted here meanwhile.
func (m *meter) took(all []Taken) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, w := range all {
		m.sums[i] = Taken{Count: max(0, w.Count+m.local), Ends: w.Ends}
	}
	m.sent = 0
}
