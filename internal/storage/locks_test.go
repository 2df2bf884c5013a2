package storage_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// order remembers what is sent to PostgreSQL.
type order struct {
	mu   sync.Mutex
	sent []string
}

func (o *order) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, d.SQL)
	return ctx
}

func (o *order) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// first is the place of the first statement that begins like this since the last
// look; -1 for none.
func (o *order) first(beginnings ...string) (at []int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, b := range beginnings {
		found := -1
		for i, q := range o.sent {
			if found < 0 && strings.HasPrefix(strings.TrimSpace(q), b) {
				found = i
			}
		}
		at = append(at, found)
	}
	o.sent = nil
	return at
}

// Transactions that touch the same rows touch them in the same order: budgets,
// challenge, person.
func TestRowsAreTakenInOneOrder(t *testing.T) {
	t.Parallel()
	o := &order{}
	s, err := storage.Open(storage.Options{URL: testdb.URL(t, "postgres"), Tracer: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	m := newMailbox(t, s)
	c, mail := m.ask("ada@example.com", "b")
	ok, _, err := m.use(mail, asker("b", "192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	o.first()
	if _, err := m.login.Disown(context.Background(), m.login.NotMeToken(c.ID)); err != nil {
		t.Fatal(err)
	}
	if at := o.first("INSERT INTO counters", "UPDATE challenges", "UPDATE users"); at[0] < 0 || at[0] > at[1] || at[1] > at[2] {
		t.Errorf("disowned: budgets, challenge and person come at %v", at)
	}
	if err := s.DeleteUser(context.Background(), ok.User.ID, "", m.now); err != nil {
		t.Fatal(err)
	}
	if at := o.first("UPDATE challenges", "UPDATE users"); at[0] < 0 || at[0] > at[1] {
		t.Errorf("deleted: challenges and person come at %v", at)
	}
}

// A transaction that the server ended for the sake of another one changed nothing,
// so it is tried again, a few times.
func TestSacrificedTransactionsAreRepeated(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		for what, c := range map[string]struct {
			fail error
			want int
		}{
			"deadlock":      {&pgconn.PgError{Code: "40P01"}, 3},
			"serialization": {&pgconn.PgError{Code: "40001"}, 3},
			"a conflict":    {&pgconn.PgError{Code: "23505"}, 1},
			"anything else": {idp.ErrUsed, 1},
		} {
			ran := 0
			if err := storage.TxForTest(s, func() error { ran++; return c.fail }); !errors.Is(err, c.fail) || ran != c.want {
				t.Errorf("%s: ran %d times, want %d; %v", what, ran, c.want, err)
			}
		}
		ran := 0
		err := storage.TxForTest(s, func() error {
			if ran++; ran == 1 {
				return &pgconn.PgError{Code: "40P01"}
			}
			return nil
		})
		if err != nil || ran != 2 {
			t.Errorf("ran %d times, %v", ran, err)
		}
	})
}

// Nobody waits without end for a connection, in a transaction with batches neither.
func TestWaitingForAConnectionEnds(t *testing.T) {
	t.Parallel()
	s, err := storage.Open(storage.Options{URL: testdb.URL(t, "postgres"), MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	held, err := storage.HoldForTest(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	began := time.Now()
	_, err = s.TryCode(ctx, magiclink.CodeTry{ChallengeID: "x", Now: start})
	if waited := time.Since(began); !errors.Is(err, idp.ErrUnavailable) || waited > 20*time.Second {
		t.Errorf("after %s: %v", waited, err)
	}
}
