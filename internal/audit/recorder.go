package audit

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"
)

// Recorder keeps notes in memory until they are written down, all at once. They are
// events that change nothing, such as refusals: such a request writes nothing itself,
// so that nobody fills the database by being refused. What comes again within a
// minute is counted. A crash takes the notes of the last second.
type Recorder struct {
	Store interface {
		// RecordNotes stores events whose loss would be no harm.
		RecordNotes(ctx context.Context, events ...Event) error
	}
	Now  func() time.Time
	Most int // notes in a minute; more are counted as lost

	mu   sync.Mutex
	seed maphash.Seed
	held map[uint64]*note // by a hash of what is told
	lost int
}

// note is how often the same came. There are thousands on a busy server, for a minute
// each: once it is written down, nothing is kept of what it tells.
type note struct {
	first *Event // of those that are not written down yet; nil if there are none
	times int    // that they are
	until time.Time
	fresh bool // never written down
}

const noteSpan = time.Minute

// Note takes note of an event. It never blocks on the database.
func (r *Recorder) Note(e Event) {
	same := e
	same.ID, same.At, same.RequestID, same.Detail = "", time.Time{}, "", ""
	now := r.Now()
	e.At = now
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held == nil {
		r.held, r.seed = map[uint64]*note{}, maphash.MakeSeed()
	}
	key := maphash.Comparable(r.seed, same)
	if h := r.held[key]; h != nil {
		if h.times++; h.first == nil {
			h.first = new(e)
		}
		return
	}
	if len(r.held) >= r.Most {
		r.lost++
		return
	}
	r.held[key] = &note{first: new(e), times: 1, until: now.Add(noteSpan), fresh: true}
}

// Flush writes down what came first since the last time, and, once its minute is
// over, how often it came again; with all, everything.
func (r *Recorder) Flush(ctx context.Context, all bool) error {
	events, times := r.due(r.Now(), all)
	if len(events) == 0 {
		return nil
	}
	if err := r.Store.RecordNotes(ctx, events...); err != nil {
		r.mu.Lock()
		r.lost += times
		r.mu.Unlock()
		return fmt.Errorf("write notes down: %w", err)
	}
	return nil
}

// due takes what is to be written down, and says how many notes that is.
func (r *Recorder) due(now time.Time, all bool) (events []Event, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, h := range r.held {
		over := all || !now.Before(h.until)
		if h.times > 0 && (h.fresh || over) {
			e := *h.first
			if h.times > 1 {
				e.Detail = Detail("times", h.times)
			}
			if !h.fresh {
				e.At = now
			}
			events, times = append(events, e), times+h.times
			h.first, h.times, h.fresh = nil, 0, false
		}
		if over {
			delete(r.held, key)
		}
	}
	if r.lost > 0 {
		events = append(events, Event{At: now, Name: AuditLost, Actor: System, Result: "full", Detail: Detail("times", r.lost)})
		times, r.lost = times+r.lost, 0
	}
	return events, times
}
