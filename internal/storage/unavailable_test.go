package storage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// A disk that is full says so and keeps what it has; once there is room again,
// everything goes on without a restart.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s, err := storage.Open(storage.Options{URL: testdb.URL(t, "sqlite"), MaxConns: 1}) // the bound is the connection's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	ctx := context.Background()
	spend := func(i int) error {
		return s.Spend(ctx, idp.Once{Hash: secret.Hash(fmt.Sprintf("%0100d", i)), Expires: start})
	}
	if err := storage.ExecForTest(s, "PRAGMA max_page_count = 1"); err != nil { // as large as it is now
		t.Fatal(err)
	}
	spent := 0
	for err = nil; err == nil && spent < 100_000; spent++ {
		err = spend(spent)
	}
	if !errors.Is(err, idp.ErrUnavailable) {
		t.Fatalf("a full disk, after %d rows: %v", spent, err)
	}
	if used, err := s.Spent(ctx, secret.Hash(fmt.Sprintf("%0100d", 0))); err != nil || !used {
		t.Fatalf("what was stored before is lost: %v", err)
	}
	if err := storage.ExecForTest(s, "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := spend(spent - 1); err != nil {
		t.Fatalf("there is room again: %v", err)
	}
}

// A code that met a deadlock is tried again, like every other transaction.
func TestCodesAreRepeated(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	s := testdb.Open(t, url)
	m := newMailbox(t, s)
	c, mail := m.ask("ada@example.com", "b1")
	testdb.Exec(t, url, `CREATE SEQUENCE nth`)
	testdb.Exec(t, url, `CREATE FUNCTION first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('nth') = 1 THEN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$`)
	testdb.Exec(t, url, `CREATE TRIGGER first BEFORE UPDATE ON challenges FOR EACH ROW EXECUTE FUNCTION first()`)
	if _, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); err != nil {
		t.Error(err)
	}
}

// What is idle in the pool may all be dead. Whoever asks does not wait for one connection
// after the other.
func TestNobodyWaitsForDeadConnections(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	testdb.Open(t, url)
	proxy := testdb.NewProxy(t, url)
	s, err := storage.Open(storage.Options{URL: proxy.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	race(16, func(int) error { return storage.ExecForTest(s, `SELECT pg_sleep(0.5)`) })
	proxy.Swallow()
	time.Sleep(1100 * time.Millisecond) // what was idle for a second is asked first whether it lives
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Second)
	defer cancel()
	if _, err := s.Challenge(ctx, "x"); !errors.Is(err, idp.ErrUnavailable) || ctx.Err() != nil {
		t.Errorf("%v, %v", err, ctx.Err())
	}
	proxy.Pass() // lets the connections end
}
