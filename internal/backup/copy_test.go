package backup_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// What people and applications hold is as good after a move to the other kind of
// database as before it.
func TestEverythingWorksAfterAMove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to string }{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			t.Parallel()
			p := apptest.New(t, testdb.URL(t, c.from))
			h := fill(t, p)
			moved := testdb.URL(t, c.to)
			if _, err := testdb.Open(t, moved).Import(t.Context(), storage.Import{}, func(to storage.Sink) error { return p.App.Store.Export(t.Context(), to) }); err != nil {
				t.Fatal(err)
			}
			for what, ok := range h.use(t, at(t, moved, p)) {
				if !ok {
					t.Errorf("after the move, %s is refused", what)
				}
			}
		})
	}
}

// crooked changes rows on their way.
type crooked struct {
	storage.Sink
	change func(table string, values []any) ([]any, error)
	table  string
}

func (c *crooked) Table(name string, columns []string) error {
	c.table = name
	return c.Sink.Table(name, columns)
}

func (c *crooked) Row(values []any) error {
	values, err := c.change(c.table, values)
	if err != nil || values == nil {
		return err
	}
	return c.Sink.Row(values)
}

// Whatever goes wrong on the way, the target stays as it was.
func TestAFailedMoveLeavesNothing(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		source := testdb.URL(t, kind)
		p := apptest.New(t, source)
		p.Browser().SignInHere("ada@example.com")
		boom := errors.New("the source went away")
		for name, change := range map[string]func(string, []any) ([]any, error){
			"the source goes away": func(table string, v []any) ([]any, error) {
				if table == "sessions" {
					return nil, boom
				}
				return v, nil
			},
			"a value of another kind": func(table string, v []any) ([]any, error) {
				if table == "sessions" {
					v[3] = []string{"a list"}
				}
				return v, nil
			},
			"a value too few": func(_ string, v []any) ([]any, error) { return v[1:], nil },
			"a row twice":     func(string, []any) ([]any, error) { return []any{"same"}, nil },
		} {
			target := testdb.Open(t, testdb.URL(t, kind))
			_, err := target.Import(t.Context(), storage.Import{}, func(to storage.Sink) error {
				return p.App.Store.Export(t.Context(), &crooked{Sink: to, change: change})
			})
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			if err := target.Empty(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A database that a server uses is neither a source nor a target of a move.
func TestADatabaseInUseIsRefused(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		url := testdb.URL(t, kind)
		idle := testdb.Open(t, url)
		if used, err := idle.InUse(t.Context()); err != nil || used {
			t.Fatalf("an idle database is in use: %v", err)
		}
		p := apptest.New(t, url)
		if r := p.Get("/readyz", ""); r.Status != http.StatusOK {
			t.Fatal(r)
		}
		if used, err := idle.InUse(t.Context()); err != nil || !used {
			t.Fatalf("nobody sees that the database is in use: %v", err)
		}
		if err := idle.Prepare(t.Context(), 15, true); !errors.Is(err, storage.ErrInUse) {
			t.Fatalf("a database in use was prepared: %v", err)
		}
		if b := p.Browser(); !strings.HasPrefix(b.SignInHere("ada@example.com").URL.Path, "/account") {
			t.Fatal("the question harmed the server")
		}
	})
}

// A backup is a snapshot: what is written meanwhile is in it wholly, or not at all.
func TestABackupIsOneMoment(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		ctx := context.Background()
		p := apptest.New(t, testdb.URL(t, kind))
		p.Browser().SignInHere("ada@example.com")
		rows := map[string]int{}
		sink := &crooked{Sink: nowhere{}, change: func(table string, v []any) ([]any, error) {
			rows[table]++
			if table == "users" { // the first table has been begun: somebody new comes
				p.Browser().SignInHere(fmt.Sprintf("late%d@example.com", rows[table]))
			}
			return nil, nil
		}}
		if err := p.App.Store.Export(ctx, sink); err != nil {
			t.Fatal(err)
		}
		if rows["users"] != 1 || rows["sessions"] != 1 || rows["challenges"] != 1 {
			t.Fatalf("the backup mixes two moments: %v", rows)
		}
	})
}

type nowhere struct{}

func (nowhere) Table(string, []string) error { return nil }
func (nowhere) Row([]any) error              { return nil }
