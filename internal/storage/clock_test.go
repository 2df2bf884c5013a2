package storage_test

import (
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdb"
)

func TestClock(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		before := time.Now().Add(-time.Millisecond)
		got, err := s.Clock(t.Context())
		if err != nil || !got.IsZero() && (got.Before(before) || got.After(time.Now().Add(time.Millisecond))) {
			t.Errorf("%v, %v", got, err)
		}
	})
}
