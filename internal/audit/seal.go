package audit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ChainStore keeps the chain.
type ChainStore interface {
	// SealEvents gives seal the end of the chain and up to limit events that have no
	// place in it yet, the oldest first, and stores what it returns; all in one
	// transaction and for one caller at a time: to others it returns 0 at once.
	SealEvents(ctx context.Context, limit int, seal func(last End, events []Event) (End, []Sealed, error)) (int, error)
	// PurgeEvents deletes up to limit events from the beginning of the chain that are
	// older than before, and stores the end that first returns for them; begin is the
	// one before. An error of first keeps them all.
	PurgeEvents(ctx context.Context, before time.Time, limit int, first func(begin End, events []Sealed) (End, error)) (int, error)
	// Record stores events that have no place in the chain yet.
	Record(ctx context.Context, events ...Event) error
}

// Sealer gives events their places in the chain. Any number of processes may have
// one.
type Sealer struct {
	Store ChainStore
	Keys  *Keys
	Now   func() time.Time

	// Whether an end of the chain was found that is not ours, when it was last looked at.
	foreignFirst, foreignLast atomic.Bool
}

const sealBatch = 500

// ErrBroken says that the end of the chain is not one that this program wrote. No
// event gets a place behind it until an administrator looked into it.
var ErrBroken = errors.New("the end of the audit log was changed by somebody else; see: idp audit verify")

// Seal gives all events that wait their places and returns how many.
func (s *Sealer) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := s.Store.SealEvents(ctx, sealBatch, s.chain)
		total += n
		if err != nil {
			return total, fmt.Errorf("seal the audit log: %w", err)
		}
		if n < sealBatch {
			return total, nil
		}
	}
}

func (s *Sealer) chain(last End, events []Event) (End, []Sealed, error) {
	s.foreignLast.Store(!s.Keys.proven(Last, last))
	if s.foreignLast.Load() {
		return last, nil, ErrBroken
	}
	out := make([]Sealed, len(events))
	for i, e := range events {
		c := Sealed{Event: e, Seq: last.Seq + 1, PersonalMAC: s.Keys.personal(&e)}
		c.Hash = s.Keys.link(last.Hash, &c)
		last = End{Seq: c.Seq, Hash: c.Hash}
		out[i] = c
	}
	return s.Keys.EndOf(Last, last.Seq, last.Hash), out, nil
}

// Broken reports which ends of the chain are not ones that this program wrote, as far
// as this process knows: nothing is purged behind the first, and no event gets a
// place behind the last.
func (s *Sealer) Broken() (first, last bool) { return s.foreignFirst.Load(), s.foreignLast.Load() }
