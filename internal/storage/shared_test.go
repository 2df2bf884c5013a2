package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/idp"
	"idp/internal/secret"
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

// shared is a store whose round trips are counted, and challenges of p0, p1, ….
func shared(t *testing.T, breaks bool) (*storage.Store, *sharing, []string) {
	t.Helper()
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
	return s, seen, ids
}

// However many read at once, each gets what it asked for, and nothing if there is
// nothing: also where no round trip works that several share.
func TestSharedReadsAreEverybodysOwn(t *testing.T) {
	t.Parallel()
	for _, breaks := range []bool{false, true} {
		t.Run(fmt.Sprintf("broken %v", breaks), func(t *testing.T) {
			t.Parallel()
			s, seen, ids := shared(t, breaks)
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
			if seen.n.Load() == 0 {
				t.Error("nobody travelled together")
			}
		})
	}
}

// Who leaves may do with what it has what it likes, while the others' answers come.
// The race detector watches.
func TestReadersLeaveAtAnyTime(t *testing.T) {
	t.Parallel()
	s, seen, ids := shared(t, false)
	var all sync.WaitGroup
	for i := range 48 {
		all.Go(func() {
			for n := range 60 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration((i*60+n)*7919%20_000)*time.Microsecond)
				c, err := s.Challenge(ctx, ids[0])
				if err == nil && c.Email != "p0@example.com" {
					t.Errorf("the challenge of %q", c.Email)
				}
				cancel()
			}
		})
	}
	all.Wait()
	if seen.n.Load() == 0 {
		t.Error("nobody travelled together")
	}
}

// Whoever waits for a lock keeps nobody else from reading.
func TestALockedTableHoldsUpNoOtherRead(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	s := testdb.Open(t, url)
	m := newMailbox(t, s)
	c, _ := m.ask("ada@example.com", "b")
	other, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close(ctx) })
	tx, err := other.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	const stuck = 8 // more than there are lanes, fewer than connections
	var all sync.WaitGroup
	for range stuck {
		all.Go(func() {
			if _, err := s.SignedIn(ctx, secret.NewToken().Hash(secret.KindSession), "web", m.now); !errors.Is(err, idp.ErrNotFound) {
				t.Errorf("once the lock was gone: %v", err)
			}
		})
	}
	for waiting := 0; waiting < 2; { // all lanes
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if got, err := s.Challenge(ctx, c.ID); err != nil || got.ID != c.ID {
			t.Errorf("while others wait: %v", err)
		}
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	all.Wait()
}
