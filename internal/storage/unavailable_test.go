package storage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

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
