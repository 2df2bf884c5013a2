package testdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"idp/internal/storage"
)

// migratedBytes is the content of a migrated file, made once per process.
var migratedBytes = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "idp-testdb")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "migrated.db")
	// Closing the last connection moves the write-ahead log into the file.
	err = migrate("sqlite:" + path)
	content, readErr := os.ReadFile(path)
	return content, errors.Join(err, readErr, os.RemoveAll(dir))
})

func newFile(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

func migratedFile(t testing.TB) string {
	t.Helper()
	content, err := migratedBytes()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func migrate(url string) error {
	s, err := storage.Open(storage.Options{URL: url})
	if err != nil {
		return err
	}
	_, err = s.Migrate(context.Background())
	return errors.Join(err, s.Close())
}
