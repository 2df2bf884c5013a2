package storage_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdb"
)

func TestPoolsTellOfThemselves(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		if err := s.Ping(context.Background()); err != nil {
			t.Fatal(err)
		}
		pools := s.Pools()
		if len(pools) == 0 || pools[0].Name != "durable" || pools[0].Max < 2 || pools[0].Idle < 1 {
			t.Errorf("%+v", pools)
		}
	})
}

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		url := testdb.Empty(t, kind)
		s, err := storage.Open(storage.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		ctx := context.Background()
		if err := s.CheckSchema(ctx); err == nil {
			t.Error("an empty database has the schema")
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckSchema(ctx); err != nil {
			t.Error(err)
		}
		if n, oldest, err := s.WaitingLetters(ctx, time.Now()); err != nil || n != 0 || !oldest.IsZero() {
			t.Errorf("an empty outbox: %d, %v, %v", n, oldest, err)
		}
		if kind != "postgres" {
			return // only there, tests may change a table behind the store's back
		}
		testdb.Exec(t, url, `DELETE FROM goose_db_version WHERE version_id > 3`)
		if err := s.CheckSchema(ctx); err == nil || !strings.Contains(err.Error(), "version 3") {
			t.Errorf("an old schema: %v", err)
		}
	})
}
