package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// sharing counts round trips that carry several statements, and breaks them if it is
// told to.
type sharing struct {
	order
	breaks bool
	n      atomic.Int64
}

func (s *sharing) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	s.n.Add(1)
	if s.breaks {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		return ended
	}
	return ctx
}

func (s *sharing) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (s *sharing) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// However many read at once, each gets what it asked for, and nothing if there is
// nothing: also where a round trip fails that several share.
func TestSharedReadsAreEverybodysOwn(t *testing.T) {
	t.Parallel()
	for _, breaks := range []bool{false, true} {
		t.Run(fmt.Sprintf("broken %v", breaks), func(t *testing.T) {
			t.Parallel()
			url := testdb.URL(t, "postgres")
			m := newMailbox(t, testdb.Open(t, url))
			var ids []string
			for i := range 8 {
				c, _ := m.ask(fmt.Sprintf("p%d@example.com", i), "b")
				ids = append(ids, c.ID)
			}
			seen := &sharing{breaks: breaks}
			s, err := storage.Open(storage.Options{URL: url, Tracer: seen})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			readAtOnce(t, s, ids)
			if seen.n.Load() == 0 {
				t.Error("nobody travelled together")
			}
		})
	}
}

func readAtOnce(t *testing.T, s *storage.Store, ids []string) {
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for n := range 25 {
				of := (i + n) % len(ids)
				c, err := s.Challenge(t.Context(), ids[of])
				if err != nil || c.Email != fmt.Sprintf("p%d@example.com", of) {
					t.Errorf("challenge of p%d: %q, %v", of, c.Email, err)
				}
				if c, err := s.Challenge(t.Context(), "nobody's"); !errors.Is(err, idp.ErrNotFound) || c.Email != "" {
					t.Errorf("no challenge: %q, %v", c.Email, err)
				}
			}
		})
	}
	all.Wait()
}
