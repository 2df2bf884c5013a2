package storage_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/testdb"
)

// Whoever only reads may do so at a standby, which is behind and takes no changes:
// the audit log can be verified there, and whatever waits for its place is left.
func TestReadingAtAStandby(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	m := newTold(t, testdb.Open(t, url))
	keys, err := audit.LoadKeys(ctx, m.store, m.keys())
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return m.now }
	m.day(1)
	if n, err := (&audit.Sealer{Store: m.store, Keys: keys, Now: now}).Seal(ctx); n == 0 || err != nil {
		t.Fatalf("%d sealed, %v", n, err)
	}
	m.day(2)

	parameter := "?default_transaction_read_only=on"
	if strings.Contains(url, "?") {
		parameter = "&default_transaction_read_only=on"
	}
	standby := testdb.Open(t, url+parameter)
	if keys, err = audit.LoadKeys(ctx, standby, m.keys()); err != nil {
		t.Fatal(err)
	}
	if n, err := (&audit.Sealer{Store: standby, Keys: keys, Now: now}).Seal(ctx); n != 0 || err != nil {
		t.Errorf("%d sealed, %v", n, err)
	}
	if r, err := audit.Verify(ctx, standby, keys); err != nil || r.Events == 0 || r.Waiting == 0 || len(r.Faults) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := standby.Record(ctx, audit.Event{At: m.now, Name: audit.LimitHit}); !errors.Is(err, idp.ErrUnavailable) {
		t.Errorf("a change at a standby: %v", err)
	}
}
