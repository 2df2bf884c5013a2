package app

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/testdb"
)

// Half a file can be a good file, with half the clients. What is not complete yet
// must not disable the others, who would lose all that people gave them.
func TestHalfWrittenFilesRestFirst(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "idp.yaml")
	const base = "issuer: http://localhost:8080\nsecret: env:SECRET\ndatabase: {url: env:URL}\nmail: {from: login@example.com, smtp: {host: localhost, security: none}}\nclients:\n"
	const one = "  - {id: one, name: One, type: public, redirect_uris: [https://one.example.com/]}\n"
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(base + one + strings.ReplaceAll(strings.ToLower(one), "one", "two"))
	values := map[string]string{"SECRET": strings.Repeat("s", 40), "URL": testdb.URL(t, "sqlite")}
	getenv := func(name string) string { return values[name] }
	cfg, err := config.Load(file, getenv)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a, err := New(t.Context(), cfg, Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Follow: &Follow{File: config.OpenFile(file, getenv)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Store.Close() })
	f := &follower{App: a}
	f.begin()
	look := func(what string, reloads int) {
		t.Helper()
		f.look(context.Background())
		if s := a.ReloadState(); s.Reloads != reloads || s.Err != "" {
			t.Fatalf("%s: %+v", what, s)
		}
	}
	look("nothing new", 0)
	look("still nothing", 0)
	write(base + one)
	look("half a file", 0)
	write(base + one + strings.ReplaceAll(one, "one", "three"))
	look("the whole file", 0)
	look("the whole file rested", 1)
	look("nothing new", 1)
	if a.Current().Clients.Client("three") == nil || strings.Contains(log.String(), `disabled" client=one`) {
		t.Errorf("clients:\n%s", &log)
	}
	// The database is away: the file is tried again without another change.
	f.tried, f.retryAt = f.seen, a.now().Add(-1)
	look("tried again", 2)
}
