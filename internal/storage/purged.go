package storage

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// PurgedTable is what a purge did to one table.
type PurgedTable struct {
	Table   string
	Deleted int64     // rows, by this purge
	Total   int64     // rows, since this process started
	Oldest  time.Time // when the oldest row that is left ends, or ended; zero if there is none
}

// PurgeReport says what the last purge of this process did.
type PurgeReport struct {
	Runs   int64     // since this process started
	Now    time.Time // when the last one was; zero if there was none
	Tables []PurgedTable
}

// LastPurge returns what the last purge of this process did, for whoever watches it:
// a table whose oldest row ended long ago is not purged.
func (s *Store) LastPurge() PurgeReport { return s.purged.last() }

// purged remembers the last purge.
type purged struct {
	mu     sync.Mutex
	report PurgeReport
	totals map[string]int64
}

func (p *purged) note(r PurgeReport) {
	p.mu.Lock()
	defer p.mu.Unlock()
	totals := maps.Clone(p.totals)
	if totals == nil {
		totals = map[string]int64{}
	}
	for i, t := range r.Tables {
		totals[t.Table] += t.Deleted
		r.Tables[i].Total = totals[t.Table]
	}
	r.Runs = p.report.Runs + 1
	p.report, p.totals = r, totals
}

func (p *purged) last() PurgeReport {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.report
	r.Tables = slices.Clone(r.Tables)
	return r
}
