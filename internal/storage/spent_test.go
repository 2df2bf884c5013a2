package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// What was spent stays so until it would have expired anyway, and a little
// longer; then its row goes.
func TestSpentUntilItExpires(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, now := context.Background(), time.Unix(1_800_000_000, 0)
		spent := func() bool {
			t.Helper()
			is, err := s.Spent(ctx, "hash")
			if err != nil {
				t.Fatal(err)
			}
			return is
		}
		if spent() {
			t.Error("spent before it was")
		}
		if err := s.Spend(ctx, idp.Once{Hash: "hash", Expires: now.Add(time.Minute)}); err != nil || !spent() {
			t.Fatal("the first time", err)
		}
		if err := s.Spend(ctx, idp.Once{Hash: "hash", Expires: now.Add(time.Hour)}); !errors.Is(err, idp.ErrUsed) {
			t.Errorf("the second time: %v", err)
		}
		if err := s.Spend(ctx, idp.Once{Hash: "other", Expires: now.Add(time.Hour)}); err != nil {
			t.Errorf("another: %v", err)
		}
		if n, err := s.Purge(ctx, now.Add(90*time.Second)); err != nil || n != 0 || !spent() {
			t.Errorf("just after its end: %d rows went, %v", n, err)
		}
		if n, err := s.Purge(ctx, now.Add(3*time.Minute)); err != nil || n != 1 || spent() {
			t.Errorf("after its end: %d rows went, %v", n, err)
		}
	})
}
