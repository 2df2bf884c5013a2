package audit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Recorder keeps refusals in memory until they are written down, all at once: a
// request that is refused writes nothing itself, so that nobody fills the database
// by being refused. What comes again within a minute is counted. A crash takes the
// refusals of the last second.
type Recorder struct {
	Store interface {
		// RecordRefusals stores events whose loss would be no harm.
		RecordRefusals(ctx context.Context, events ...Event) error
	}
	Now func() time.Time

	mu   sync.Mutex
	held map[Event]*refusal
	lost int
}

// refusal is how often the same came.
type refusal struct {
	first Event // with id, time and request
	times int   // not written down yet
	until time.Time
	fresh bool // never written down
}

const (
	maxHeld     = 500 // in a minute
	refusalSpan = time.Minute
)

// Refused takes note of a refusal. It never blocks on the database.
func (r *Recorder) Refused(e Event) {
	same := e
	same.ID, same.At, same.RequestID, same.Detail = "", time.Time{}, "", ""
	now := r.Now()
	e.At = now
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.held[same]; h != nil {
		h.times++
		return
	}
	if len(r.held) >= maxHeld {
		r.lost++
		return
	}
	if r.held == nil {
		r.held = map[Event]*refusal{}
	}
	r.held[same] = &refusal{first: e, times: 1, until: now.Add(refusalSpan), fresh: true}
}

// Flush writes down what came first since the last time, and, once its minute is
// over, how often it came again; with all, everything.
func (r *Recorder) Flush(ctx context.Context, all bool) error {
	events, times := r.due(r.Now(), all)
	if len(events) == 0 {
		return nil
	}
	if err := r.Store.RecordRefusals(ctx, events...); err != nil {
		r.mu.Lock()
		r.lost += times
		r.mu.Unlock()
		return fmt.Errorf("write refusals down: %w", err)
	}
	return nil
}

// due takes what is to be written down, and says how many refusals that is.
func (r *Recorder) due(now time.Time, all bool) (events []Event, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for same, h := range r.held {
		over := all || !now.Before(h.until)
		if h.times > 0 && (h.fresh || over) {
			e := h.first
			if h.times > 1 {
				e.Detail = Detail("times", h.times)
			}
			if !h.fresh {
				e.At = now
			}
			events, times = append(events, e), times+h.times
			h.times, h.fresh = 0, false
		}
		if over {
			delete(r.held, same)
		}
	}
	if r.lost > 0 {
		events = append(events, Event{At: now, Name: AuditLost, Actor: System, Result: "full", Detail: Detail("times", r.lost)})
		times, r.lost = times+r.lost, 0
	}
	return events, times
}
