package testdb

import (
	"testing"

	"idp/internal/storage"
)

// Each runs test on both databases, in parallel, with an open and migrated store.
func Each(t *testing.T, test func(t *testing.T, s *storage.Store)) {
	t.Helper()
	for _, kind := range []string{"postgres", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, URL(t, kind)))
		})
	}
}

// EachKind runs test with postgres and with sqlite, for tests that make databases
// of their own, by URL.
func EachKind(t *testing.T, test func(t *testing.T, kind string)) {
	t.Helper()
	for _, kind := range []string{"postgres", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

// EachURL runs test on both databases with the address of a migrated database.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	for _, kind := range []string{"postgres", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, URL(t, kind))
		})
	}
}

// Open opens the database at url until the test ends.
func Open(t testing.TB, url string) *storage.Store {
	t.Helper()
	s, err := storage.Open(storage.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// URL makes a migrated database without any row that lives as long as the test.
// kind is postgres or sqlite.
func URL(t testing.TB, kind string) string {
	t.Helper()
	if kind == "sqlite" {
		return migratedFile(t)
	}
	server(t) // says what to do if there is none
	options, err := cloneOptions()
	if err != nil {
		t.Fatal(err)
	}
	return created(t, options)
}

// Empty makes a database without any table that lives as long as the test.
func Empty(t testing.TB, kind string) string {
	t.Helper()
	if kind == "sqlite" {
		return newFile(t)
	}
	return created(t, "")
}
