package storage_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/internal/storage"
	"idp/internal/testdb"
)

// Whoever asks is told of indexes that the system's next upgrade may break.
func TestTextOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	base := testdb.URL(t, "postgres")
	admin, err := pgx.Connect(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close(ctx) })
	// What locales a machine has is its own matter; every PostgreSQL has ICU's.
	name := admin.Config().Database + "_icu"
	if _, err := admin.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(ctx, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	foreign := strings.Replace(base, "/"+admin.Config().Database, "/"+name, 1)
	for _, c := range []struct {
		what, url string
		own       bool
	}{{"bytes", base, true}, {"ICU", foreign, false}, {"the embedded database", testdb.URL(t, "sqlite"), true}} {
		s, err := storage.Open(storage.Options{URL: c.url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		order, err := s.TextOrder(ctx)
		if err != nil || (order.Locale == "") != c.own || order.Changed {
			t.Errorf("%s: %+v, %v", c.what, order, err)
		}
	}
	if _, err := admin.Exec(ctx, `UPDATE pg_database SET datcollversion = '1' WHERE datname = $1`, name); err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(storage.Options{URL: foreign})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if order, err := s.TextOrder(ctx); err != nil || !order.Changed {
		t.Errorf("the library is another: %+v, %v", order, err)
	}
}
