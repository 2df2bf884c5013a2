package dev_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"idp/internal/dev"
)

// Two runs in one directory do not share the demo application.
func TestEachPortHasItsDirectory(t *testing.T) {
	t.Parallel()
	first, second := dev.DefaultDir(dev.DefaultPort), dev.DefaultDir(9080)
	if filepath.Base(first) != ".idp-dev" || filepath.Dir(second) != first {
		t.Errorf("%s and %s", first, second)
	}
}

// A run that begins anew leaves what another one beside it keeps.
func TestResetLeavesOtherPorts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine, theirs := filepath.Join(dir, "secret"), filepath.Join(dir, "9080", "secret")
	if err := os.Mkdir(filepath.Dir(theirs), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{mine, theirs} {
		if err := os.WriteFile(file, []byte("0123456789abcdef0123456789abcdef0123456789a"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // it ends as soon as it has begun
	for port := 21_000; ; port += 10 {
		if err := dev.Run(ctx, dev.Settings{Port: port, Dir: dir, Reset: true}, io.Discard, slog.New(slog.DiscardHandler)); err == nil || port > 22_000 {
			break
		}
	}
	kept, err := os.ReadFile(theirs)
	if err != nil || string(kept) != "0123456789abcdef0123456789abcdef0123456789a" {
		t.Errorf("%s, %v", kept, err)
	}
	if again, err := os.ReadFile(mine); err == nil && string(again) == string(kept) {
		t.Error("nothing was reset")
	}
}
