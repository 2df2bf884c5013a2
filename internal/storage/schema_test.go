package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdb"
)

// Replicas that start together all migrate; one may apply, the others wait.
func TestThreeMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := testdb.Empty(t, "postgres")
	var wg sync.WaitGroup
	applied, errs := make([]int, 3), make([]error, 3)
	for i := range 3 {
		s, err := storage.Open(storage.Options{URL: url, MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		wg.Go(func() { applied[i], errs[i] = s.Migrate(context.Background()) })
	}
	wg.Wait()
	total := 0
	for i := range 3 {
		if errs[i] != nil {
			t.Fatalf("process %d: %v", i, errs[i])
		}
		if applied[i] > 0 {
			total++
		}
	}
	if total != 1 {
		t.Fatalf("%d of three processes applied steps: %v", total, applied)
	}
}

// A program older than its database must not touch it.
func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, "postgres")
	s := testdb.Open(t, url)
	testdb.Exec(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)")
	_, err := s.Migrate(context.Background())
	if err == nil || !strings.Contains(err.Error(), "version 999") || !strings.Contains(err.Error(), "newer release") {
		t.Fatalf("migrating a newer database: %v", err)
	}
}

func TestPurgeTakesWhatExpiredAndNothingElse(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		g := m.grantOf("ada@example.com")
		if _, _, err := s.RedeemCode(ctx, g, m.now); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Purge(ctx, m.now); err != nil || n != 0 {
			t.Fatalf("a purge at once took %d rows, %v", n, err)
		}
		if _, _, err := s.Grant(ctx, g.ID, m.now); err != nil {
			t.Fatal(err)
		}
		n, err := s.Purge(ctx, m.now.Add(200*24*time.Hour))
		if err != nil || n < 6 {
			t.Fatalf("a purge long after took %d rows, %v", n, err)
		}
		if n, err := s.Purge(ctx, m.now.Add(200*24*time.Hour)); err != nil || n != 0 {
			t.Fatalf("a second purge took %d rows, %v", n, err)
		}
	})
}

// An unreachable server is an error that says nothing of passwords.
func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://idp:hunter2@127.0.0.1:1/idp?sslmode=disable", "postgres://idp:hunter2@127.0.0.1:notaport/idp", "mysql://x", "sqlite:"} {
		s, err := storage.Open(storage.Options{URL: url})
		if err == nil {
			err = s.Ping(context.Background())
			s.Close()
		}
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// It is its owner's alone, too, where a symbolic link says where it is to be.
func TestFileBehindALinkIsItsOwners(t *testing.T) {
	dir := t.TempDir()
	link, file := filepath.Join(dir, "idp.db"), filepath.Join(dir, "elsewhere.db")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0o022))
	if _, err := testdb.Open(t, "sqlite:"+link).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// What is wrong with a file is told with what to do about it, and not in words about
// memory, which SQLite has for whatever cannot be opened.
func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, cut := filepath.Join(dir, "text.db"), filepath.Join(dir, "cut.db")
	whole := filepath.Join(dir, "whole.db")
	s := testdb.Open(t, "sqlite:"+whole)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600), os.WriteFile(cut, content[:len(content)/3], 0o600)); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"sqlite:" + text: text + " is no SQLite database",
		"sqlite:" + cut:  cut + " is damaged: restore a backup",
		"sqlite:" + dir:  dir + " cannot be opened; see that its directory is there, and whose it is",
		"sqlite://" + filepath.Join(dir, "none/a.db"): dir + "/none/a.db cannot be opened; see that its directory is there, and whose it is",
		"sqlite://none/a.db":                          "the database file /none/a.db cannot be opened",
		"sqlite::memory:":                             "needs a file name",
	} {
		s, err := storage.Open(storage.Options{URL: url})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", url)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "memory (") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A file of the embedded database is its owner's alone, whatever the umask: addresses
// stand in it. One that is there stays as it is.
func TestFileIsItsOwners(t *testing.T) {
	file := filepath.Join(t.TempDir(), "idp.db")
	defer syscall.Umask(syscall.Umask(0o022))
	for _, mode := range []os.FileMode{0o600, 0o640} {
		s := testdb.Open(t, "sqlite:"+file)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, file + "-wal"} {
			if info, err := os.Stat(name); err != nil || info.Mode() != mode {
				t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, mode)
			}
		}
		if err := errors.Join(s.Close(), os.Chmod(file, 0o640)); err != nil { //nolint:gosec // as a group may have it
			t.Fatal(err)
		}
	}
}
