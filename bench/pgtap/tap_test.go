package pgtap_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/bench/pgtap"
	"idp/internal/testdb"
)

// newTapped connects to an empty database through a tap.
func newTapped(t *testing.T) (*pgtap.Tap, *pgx.Conn) {
	t.Helper()
	u, err := url.Parse(testdb.Empty(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	tap, err := pgtap.Listen(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = tap.Addr()
	c, err := pgx.Connect(context.Background(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()); tap.Close() })
	if _, err := c.Exec(context.Background(), `CREATE TABLE t (id int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	return tap, c
}

func TestCounts(t *testing.T) {
	t.Parallel()
	tap, c := newTapped(t)
	for _, test := range []struct {
		name string
		sql  []string
		want pgtap.Counts
	}{
		{"read", []string{`SELECT * FROM t`}, pgtap.Counts{Statements: 1, RoundTrips: 1}},
		{"write", []string{`INSERT INTO t VALUES (1), (2)`}, pgtap.Counts{Statements: 1, Commits: 1, RoundTrips: 1}},
		{"write that changes nothing", []string{`UPDATE t SET id = 3 WHERE id = 99`}, pgtap.Counts{Statements: 1, RoundTrips: 1}},
		{"lost race", []string{`INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING`}, pgtap.Counts{Statements: 1, RoundTrips: 1}},
		{"transaction", []string{`BEGIN`, `INSERT INTO t VALUES (4)`, `DELETE FROM t WHERE id = 4`, `COMMIT`}, pgtap.Counts{Statements: 4, Commits: 1, RoundTrips: 4}},
		{"rollback", []string{`BEGIN`, `INSERT INTO t VALUES (5)`, `ROLLBACK`}, pgtap.Counts{Statements: 3, RoundTrips: 3}},
		{"several in one message", []string{`INSERT INTO t VALUES (6); SELECT 1`}, pgtap.Counts{Statements: 2, Commits: 1, RoundTrips: 1}},
	} {
		before := tap.Counts()
		for _, sql := range test.sql {
			if _, err := c.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
		}
		if got := tap.Counts().Since(before); got != test.want {
			t.Errorf("%s: counted %+v, want %+v", test.name, got, test.want)
		}
	}
}

// TestPreparedStatements: what is prepared costs a round trip once and is no
// statement of its own.
func TestPreparedStatements(t *testing.T) {
	t.Parallel()
	tap, c := newTapped(t)
	for try, trips := range []int64{2, 1, 1} {
		before := tap.Counts()
		var n int
		if err := c.QueryRow(context.Background(), `SELECT count(*) FROM t WHERE id = $1`, try).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if got, want := tap.Counts().Since(before), (pgtap.Counts{Statements: 1, RoundTrips: trips}); got != want {
			t.Errorf("try %d: counted %+v, want %+v", try, got, want)
		}
	}
}

func TestErrorUndoes(t *testing.T) {
	t.Parallel()
	tap, c := newTapped(t)
	before := tap.Counts()
	if _, err := c.Exec(context.Background(), `INSERT INTO t VALUES (7); SELECT 1/0`, pgx.QueryExecModeSimpleProtocol); err == nil {
		t.Fatal("a division by zero is no error")
	}
	if got, want := tap.Counts().Since(before), (pgtap.Counts{Statements: 2, RoundTrips: 1}); got != want {
		t.Errorf("one message with an error: counted %+v, want %+v", got, want)
	}
	before = tap.Counts()
	for _, sql := range []string{`BEGIN`, `INSERT INTO t VALUES (1)`} {
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Exec(context.Background(), `INSERT INTO t VALUES (1)`); err == nil {
		t.Fatal("the same key twice is no error")
	}
	if tag, err := c.Exec(context.Background(), `COMMIT`); err != nil || tag.String() != "ROLLBACK" {
		t.Fatalf("a failed transaction ends with %s, %v", tag, err)
	}
	if got := tap.Counts().Since(before); got.Commits != 0 || got.Statements != 4 {
		t.Errorf("counted %+v, want 4 statements and no commit", got)
	}
}
