package audit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const purgeBatch = 1000

// ErrPurge says that the beginning of the chain is not one that this program wrote. It
// is not purged until an administrator looked into it: the record of a purge would
// vouch for what somebody made look old.
var ErrPurge = errors.New("the beginning of the audit log was changed by somebody else; see: idp audit verify")

// purged proves the end that the purge of events leaves.
func (s *Sealer) purged(begin End, events []Sealed) (next End, err error) {
	defer func() { s.foreignFirst.Store(err != nil) }()
	if !s.Keys.proven(First, begin) {
		return begin, ErrPurge
	}
	for i := range events {
		e := &events[i]
		if e.Seq != begin.Seq+1 || e.Hash != s.Keys.link(begin.Hash, e) {
			return begin, ErrPurge
		}
		begin = End{Seq: e.Seq, Hash: e.Hash}
	}
	return s.Keys.EndOf(First, begin.Seq, begin.Hash), nil
}

// given proves the end that is left where an administrator gives up what was changed.
func (s *Sealer) given(_ End, events []Sealed) (End, error) {
	last := events[len(events)-1]
	return s.Keys.EndOf(First, last.Seq, last.Hash), nil
}

// Purge deletes what is older than keep, from the beginning of the chain, and
// returns how many events went. It returns ErrPurge, and stops, at the first event
// that was changed.
func (s *Sealer) Purge(ctx context.Context, keep time.Duration) (int, error) {
	return s.purge(ctx, keep, s.purged, "ok")
}

// PurgeBroken is Purge for an administrator who has looked into what was changed: it
// goes past that, and the log says so.
func (s *Sealer) PurgeBroken(ctx context.Context, keep time.Duration) (int, error) {
	return s.purge(ctx, keep, s.given, "broken")
}

func (s *Sealer) purge(ctx context.Context, keep time.Duration, first func(End, []Sealed) (End, error), result string) (int, error) {
	total := 0
	for {
		n, err := s.Store.PurgeEvents(ctx, s.Now().Add(-keep), purgeBatch, first)
		total += n
		if err != nil {
			return total, fmt.Errorf("purge the audit log: %w", err)
		}
		if n < purgeBatch {
			break
		}
	}
	if total == 0 {
		return 0, nil
	}
	err := s.Store.Record(ctx, Event{At: s.Now(), Name: AuditPurged, Actor: System, Result: result, Detail: Detail("events", total)})
	if err != nil {
		return total, fmt.Errorf("purge the audit log: %w", err)
	}
	return total, nil
}
