package testdb_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/internal/testdb"
)

var kinds = []string{"postgres", "sqlite"}

// What URL gives needs no step more, and what Empty gives needs them all.
func TestMigratedAndEmpty(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			migrated, empty := testdb.Open(t, testdb.URL(t, kind)), testdb.Open(t, testdb.Empty(t, kind))
			if n, err := migrated.Migrate(ctx); n != 0 || err != nil {
				t.Errorf("a migrated database took %d steps, %v", n, err)
			}
			all, err := empty.Migrations(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := empty.Migrate(ctx); n != len(all) || err != nil {
				t.Errorf("an empty database took %d steps of %d, %v", n, len(all), err)
			}
		})
	}
}

// Every test writes into a database of its own, however many start at once.
func TestEachHasItsOwn(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var wg sync.WaitGroup
			var seen sync.Map
			for range 4 {
				wg.Go(func() {
					url := testdb.URL(t, kind)
					if _, twice := seen.LoadOrStore(url, true); twice {
						t.Errorf("%s was given twice", url)
					}
				})
			}
			wg.Wait()
		})
	}
}

// A database goes with its test, even if somebody is still connected.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var url string
	t.Run("a test", func(t *testing.T) {
		url = testdb.URL(t, "postgres")
		if _, err := pgx.Connect(ctx, url); err != nil { // and never closed
			t.Fatal(err)
		}
	})
	c, err := pgx.Connect(ctx, os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	_, name, _ := strings.Cut(url, "/t_")
	name, _, _ = strings.Cut("t_"+name, "?")
	var left int
	if err := c.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&left); err != nil || left != 0 {
		t.Fatalf("database %s: %d left, %v", name, left, err)
	}
}
