package storage_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdb"
)

// A connection pooler that gives a connection to each transaction needs, unless it
// knows prepared statements, another way of asking: a parameter of the database's
// address. Every way works, with a bit of everything.
func TestEveryWayOfAsking(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ctx, url := context.Background(), testdb.URL(t, "postgres")
			parameter := "?default_query_exec_mode="
			if strings.Contains(url, "?") {
				parameter = "&default_query_exec_mode="
			}
			m := newTold(t, testdb.Open(t, url+parameter+mode))
			for n := range 3 {
				m.now = m.now.Add(24 * time.Hour)
				m.day(n)
			}
			if n, err := m.store.Purge(ctx, m.now.Add(100*24*time.Hour)); n < 10 || err != nil {
				t.Errorf("%d rows purged, %v", n, err)
			}
		})
	}
	if _, err := storage.Open(storage.Options{URL: "postgres://localhost/x?default_query_exec_mode=none"}); err == nil {
		t.Error("a way that does not exist is accepted")
	}
}
