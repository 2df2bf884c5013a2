package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Reader reads the chain.
type Reader interface {
	// AuditEnds returns the ends of the chain.
	AuditEnds(ctx context.Context) (first, last End, err error)
	// Chain returns up to limit events with places behind after, in their order.
	Chain(ctx context.Context, after int64, limit int) ([]Sealed, error)
	// Astray returns up to limit events with places where the chain has none: at begin,
	// which is what was purged, or in front of it.
	Astray(ctx context.Context, begin int64, limit int) ([]Sealed, error)
	// Waiting counts the events that have no place yet.
	Waiting(ctx context.Context) (int64, error)
}

// Fault is one thing that is wrong with the chain.
type Fault struct {
	Seq  int64  // the place
	ID   string // of the event there; "" if there is none
	What string
}

// Report is the result of Verify. Without faults, the chain is as this program
// wrote it, from behind First to Last.
type Report struct {
	First, Last int64
	Hash        string // of the last event: the anchor to keep elsewhere
	Events      int64
	Erased      int64 // whose person was deleted
	Waiting     int64 // not in the chain yet
	Faults      []Fault
	Uncompared  []int64 // the anchors of what was purged
}

// Anchor is a place and its hash that somebody wrote down elsewhere.
type Anchor struct {
	Seq  int64
	Hash string
}

// maxFaults is enough to see what happened.
const maxFaults = 100

const verifyPage = 1000

// clockSkew is how far the clocks of replicas may differ: so much later than a
// deletion can be what it blanks.
const clockSkew = time.Minute

// verifying is one walk along the chain.
type verifying struct {
	keys    *Keys
	report  Report
	anchors map[int64]string
	seq     int64  // of the last event
	hash    string // and its hash
	// erased are subjects whose events are blank, with the first of them, until the
	// event of their deletion is found; deleted are those whose was, because an event of
	// the same moment may stand behind it. unnamed is how many blank events without a
	// subject no deletion accounts for yet; below 0, those that a deletion accounts for
	// were purged, and it does so for no event of after until.
	erased   map[string]Fault
	deleted  map[string]bool
	unnamed  int64
	until    time.Time
	purgedTo string // the hash of the last event that was purged
	// behind is the last place that was seen behind the end of the chain.
	behind int64
	blank  Fault
}

// Verify walks along the whole chain and compares it with the anchors.
func Verify(ctx context.Context, r Reader, keys *Keys, anchors ...Anchor) (Report, error) {
	first, last, err := r.AuditEnds(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit log: %w", err)
	}
	v := &verifying{keys: keys, anchors: make(map[int64]string, len(anchors)), erased: map[string]Fault{}, deleted: map[string]bool{}, seq: first.Seq, hash: first.Hash, purgedTo: first.Hash}
	v.report.First, v.report.Last, v.report.Hash = first.Seq, last.Seq, last.Hash
	for _, a := range anchors {
		v.anchors[a.Seq] = a.Hash
	}
	if !keys.proven(First, first) {
		v.fault(first.Seq, "", "the record of what was purged was changed")
	}
	if !keys.proven(Last, last) {
		v.fault(last.Seq, "", "the record of the last event was changed")
	}
	if last, err = v.walk(ctx, r, last); err != nil {
		return v.report, fmt.Errorf("verify the audit log: %w", err)
	}
	v.finish(last)
	astray, err := r.Astray(ctx, first.Seq, maxFaults)
	if err != nil {
		return v.report, fmt.Errorf("verify the audit log: %w", err)
	}
	for _, s := range astray {
		v.fault(s.Seq, s.ID, "is in front of the chain, where this program leaves none")
	}
	if err := v.checkBehind(ctx, r); err != nil {
		return v.report, fmt.Errorf("verify the audit log: %w", err)
	}
	v.report.Waiting, err = r.Waiting(ctx)
	if err != nil {
		return v.report, fmt.Errorf("verify the audit log: %w", err)
	}
	return v.report, nil
}

// mostWalks bounds how often what happens meanwhile is gone after.
const mostWalks = 5

// walk looks at every event up to last. A person who is deleted meanwhile is blank in
// events before last, and the event of it stands behind: then it goes on to where the
// end is by then, and returns that.
func (v *verifying) walk(ctx context.Context, r Reader, last End) (End, error) {
	for n := 1; ; n++ {
		if err := v.walkTo(ctx, r, last); err != nil || n == mostWalks || len(v.erased) == 0 && v.unnamed <= 0 {
			return last, err
		}
		_, next, err := r.AuditEnds(ctx)
		if err != nil || next.Seq <= last.Seq || !v.keys.proven(Last, next) {
			return last, err
		}
		last, v.behind = next, 0
		v.report.Last, v.report.Hash = last.Seq, last.Hash
	}
}

func (v *verifying) walkTo(ctx context.Context, r Reader, last End) error {
	for {
		page, err := r.Chain(ctx, v.seq, verifyPage)
		if err != nil {
			return err
		}
		if len(page) == 0 || page[0].Seq > v.seq+1 {
			if purged, err := v.purged(ctx, r); err != nil {
				return err
			} else if purged {
				continue
			}
		}
		whole := len(page) < verifyPage
		if !whole {
			page = withoutLast(page)
		}
		for i := range page {
			if page[i].Seq > last.Seq {
				v.behind = page[len(page)-1].Seq
				return nil
			}
			v.event(&page[i])
		}
		if whole {
			return nil
		}
	}
}

// purged reports whether the purge took what comes next since the ends were read, and
// goes on behind that.
func (v *verifying) purged(ctx context.Context, r Reader) (bool, error) {
	first, _, err := r.AuditEnds(ctx)
	if err != nil || first.Seq <= v.seq || !v.keys.proven(First, first) {
		return false, err
	}
	v.seq, v.hash, v.report.First, v.purgedTo = first.Seq, first.Hash, first.Seq, first.Hash
	return true, nil
}

// withoutLast leaves the last place of a page to the next one: a second event at it,
// which only somebody else can have put there, would be passed over.
func withoutLast(page []Sealed) []Sealed {
	n := len(page)
	for n > 0 && page[n-1].Seq == page[len(page)-1].Seq {
		n--
	}
	if n == 0 {
		return page // all at one place: that is told
	}
	return page[:n]
}

// checkBehind accepts events behind the end if they were sealed meanwhile: then the
// end has moved with them.
func (v *verifying) checkBehind(ctx context.Context, r Reader) error {
	if v.behind == 0 {
		return nil
	}
	_, last, err := r.AuditEnds(ctx)
	if err == nil && last.Seq < v.behind {
		v.fault(v.behind, "", "is behind the record of the last event, which was changed or deleted")
	}
	return err
}

func (v *verifying) fault(seq int64, id, what string) {
	if len(v.report.Faults) < maxFaults {
		v.report.Faults = append(v.report.Faults, Fault{seq, id, what})
	}
}

func (v *verifying) event(s *Sealed) {
	v.report.Events++
	missing := s.Seq != v.seq+1
	if missing {
		v.fault(v.seq+1, "", gap(v.seq+1, s.Seq-1))
	}
	want := v.keys.link(v.hash, s)
	switch {
	case missing: // what it was linked to is not there to compare with
	case s.Hash != want:
		v.fault(s.Seq, s.ID, "was changed, put here by somebody else, or moved")
	}
	v.personal(s)
	if hash, ok := v.anchors[s.Seq]; ok {
		if hash != s.Hash {
			v.fault(s.Seq, s.ID, "is not the event of the anchor: the chain was made anew or cut")
		}
		delete(v.anchors, s.Seq)
	}
	v.seq, v.hash = s.Seq, s.Hash
}

func gap(from, to int64) string {
	if from == to {
		return "is missing"
	}
	return fmt.Sprintf("to %d are missing", to)
}

// personal checks what deleting a person blanks, and that whatever is blank
// belongs to somebody who was deleted.
func (v *verifying) personal(s *Sealed) {
	if s.Name == UserDeleted {
		delete(v.erased, s.Subject)
		v.deleted[s.Subject] = true
		var d struct {
			Unnamed int64 `json:"unnamed"`
		}
		_ = json.Unmarshal([]byte(s.Detail), &d) // a text that is none accounts for none
		v.unnamed -= d.Unnamed
		v.until = s.At.Add(clockSkew)
	}
	if s.ErasedAt.IsZero() {
		if s.PersonalMAC != v.keys.personal(&s.Event) {
			v.fault(s.Seq, s.ID, "its address was changed")
		}
		return
	}
	v.report.Erased++
	f := Fault{s.Seq, s.ID, "its address was blanked, and nobody was deleted"}
	if s.IP != "" || s.AddressRef != "" {
		v.fault(s.Seq, s.ID, "is marked as blanked and is not")
	}
	if s.Subject == "" {
		if s.At.After(v.until) {
			v.unnamed = max(v.unnamed, 0)
		}
		v.unnamed++
		v.blank = f
	} else if _, known := v.erased[s.Subject]; !known && !v.deleted[s.Subject] {
		v.erased[s.Subject] = f
	}
}

func (v *verifying) finish(last End) {
	if v.seq < last.Seq {
		v.fault(v.seq+1, "", gap(v.seq+1, last.Seq)+" at the end")
	} else if v.hash != last.Hash {
		v.fault(last.Seq, "", "the record of the last event does not fit it")
	}
	for _, f := range v.erased {
		v.fault(f.Seq, f.ID, f.What)
	}
	if v.unnamed > 0 {
		v.fault(v.blank.Seq, v.blank.ID, v.blank.What)
	}
	for _, seq := range slices.Sorted(maps.Keys(v.anchors)) {
		switch {
		case seq > v.report.First:
			v.fault(seq, "", "of the anchor is not there: the end of the chain was cut off")
		case seq < v.report.First:
			v.report.Uncompared = append(v.report.Uncompared, seq)
		case v.anchors[seq] != v.purgedTo:
			v.fault(seq, "", "is not the event of the anchor: the chain was made anew or cut")
		}
	}
}
