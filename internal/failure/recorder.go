package failure

import (
	"context"
	"strings"
	"sync"
	"time"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Bounds of the queue between two settlements.
const (
	maxQueue  = 200 // failures in all
	maxBucket = 20  // of one client, or of all that nobody declared
)

// Store keeps failures.
type Store interface {
	// RecordFailures stores them and drops the oldest beyond what a client and a
	// kind may have.
	RecordFailures(ctx context.Context, failures []idp.Failure) error
}

// Recorder takes failures from requests and settles them together.
type Recorder struct {
	store    Store
	declared func(clientID string) bool
	now      func() time.Time

	settling sync.Mutex // one settlement at a time, so that whoever settles knows that all is written

	mu      sync.Mutex
	queue   []idp.Failure
	counts  map[string]int
	dropped int64
}

// NewRecorder makes a Recorder. declared reports whether an administrator declared
// the client.
func NewRecorder(store Store, declared func(clientID string) bool, now func() time.Time) *Recorder {
	return &Recorder{store: store, declared: declared, now: now, counts: map[string]int{}}
}

// Note takes why a request was refused, if it was. It never waits.
func (r *Recorder) Note(e *reqlog.Event, route string) {
	m := e.Mismatch
	if m == nil {
		return
	}
	f := idp.Failure{
		ClientID: m.ClientID, Kind: idp.FailureKind(m.Kind), Seen: short(m.Seen), Wanted: short(m.Wanted), Answer: m.Answer,
		Route: route, RequestID: e.RequestID, At: r.now(),
	}
	if f.ClientID == "" {
		f.ClientID = e.ClientID
	}
	if r.declared(f.ClientID) {
		f.Bucket = f.ClientID
	}
	f.ClientID = short(f.ClientID)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) >= maxQueue || r.counts[f.Bucket] >= maxBucket {
		r.dropped++
		return
	}
	r.counts[f.Bucket]++
	r.queue = append(r.queue, f)
}

// short keeps the beginning of a text, and not the request that it is a part of.
func short(s string) string {
	if len(s) > maxText {
		s = s[:maxText+1] // one more, so that Clean sees that it was cut
	}
	return strings.Clone(s)
}

// Settle writes what waits; nothing is asked of the database if nothing does. What
// could not be written is lost and counted: it is news, not accounts.
func (r *Recorder) Settle(ctx context.Context) error {
	r.settling.Lock()
	defer r.settling.Unlock()
	r.mu.Lock()
	waiting := r.queue
	r.queue, r.counts = nil, map[string]int{}
	r.mu.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	for i := range waiting {
		f := &waiting[i]
		f.ID = secret.NewID("fal_", f.At)
		f.Seen, f.Wanted = Clean(shaped(f.Kind, f.Seen), strings.Fields(f.Wanted)...), Clean(f.Wanted, f.Wanted)
		if f.Bucket == "" {
			f.ClientID = Clean(clientID(f.ClientID))
		}
	}
	if err := r.store.RecordFailures(ctx, waiting); err != nil {
		r.mu.Lock()
		r.dropped += int64(len(waiting))
		r.mu.Unlock()
		return err
	}
	return nil
}

// Dropped counts the failures that were not kept since the process started.
func (r *Recorder) Dropped() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}
