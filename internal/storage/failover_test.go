package storage_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// leading makes a database one that a failover took the lead from, or gives it back.
// What connected before keeps what it had: the server does not ask again.
func leading(t *testing.T, address string, on bool) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("default_transaction_read_only", "off") // for this connection itself
	u.RawQuery = q.Encode()
	name := strings.TrimPrefix(u.Path, "/")
	value := map[bool]string{true: "off", false: "on"}[on]
	testdb.Exec(t, u.String(), fmt.Sprintf(`ALTER DATABASE %q SET default_transaction_read_only = %s`, name, value))
	if !on {
		testdb.Exec(t, u.String(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
}

// Connections that were made while the former primary only read are not kept when
// there is one again that writes, however good they are for reading.
func TestConnectionsToAStandbyAreNotKept(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, probe := range map[string]func(*storage.Store) error{
		"with probes":    func(s *storage.Store) error { return s.Ping(ctx) },
		"without probes": func(*storage.Store) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := testdb.URL(t, "postgres")
			m := newTold(t, testdb.Open(t, address))
			write := func() error {
				return m.store.Record(ctx, audit.Event{At: m.now, Name: audit.LimitHit, Actor: audit.System})
			}
			if err := errors.Join(write(), m.store.Ping(ctx)); err != nil {
				t.Fatal(err)
			}
			leading(t, address, false)
			var all sync.WaitGroup
			for range 32 { // every connection is one to the standby now
				all.Go(func() {
					if err := write(); !errors.Is(err, idp.ErrUnavailable) {
						t.Errorf("a change at a standby: %v", err)
					}
					_, _ = m.store.Challenge(ctx, "x")
				})
			}
			all.Wait()
			if err := m.store.Ping(ctx); err == nil || !strings.Contains(err.Error(), "only reads") {
				t.Errorf("a standby is as good as a primary: %v", err)
			}
			_, _ = m.store.Challenge(ctx, "x") // one more connection of that kind
			leading(t, address, true)
			_ = probe(m.store)
			err := write()
			for range 4 { // whoever does not probe learns of each connection by its refusal
				if err != nil && name == "without probes" {
					err = write()
				}
			}
			if err != nil {
				t.Errorf("the primary is back: %v", err)
			}
			if err := m.store.Ping(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}
