// Package migrations embeds the versioned schema. One text serves PostgreSQL
// and SQLite: ids and hashes are TEXT made in Go, times are BIGINT Unix
// milliseconds (0: never), lists are space-separated TEXT, and nothing depends
// on a database's own clock or counters.
//
// From 00015 on the first line of a file says which programs may run beside it:
//
//	-- compatible-with: N
//
// A program whose newest step is N or later works with a database that has this
// step too. A step that only adds names the version before it; one that changes or
// takes away what an older program uses names itself, and is announced a release
// ahead (docs/decisions/2026-11-21-schema-steps-name-their-neighbours.md).
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// FS holds the migrations, one file per version, in goose's format.
//
//go:embed *.sql
var FS embed.FS

// Step is one version of the schema.
type Step struct {
	Version        int64
	Name           string // of its file
	SQL            string // that brings it about
	CompatibleWith int64  // the oldest program's newest version that may run beside it
}

const (
	compatible = "-- compatible-with: "
	up, down   = "-- +goose Up", "-- +goose Down"
)

// Steps returns all of them, the oldest first.
func Steps() ([]Step, error) {
	names, err := fs.Glob(FS, "*.sql") // sorted
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	steps := make([]Step, 0, len(names))
	for _, name := range names {
		text, err := FS.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		s, err := parse(name, string(text))
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// parse reads one file. A step that names no neighbour is compatible with itself
// alone.
func parse(name, text string) (Step, error) {
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Step{}, fmt.Errorf("migration %s: its name must begin with its version: %w", name, err)
	}
	s := Step{Version: version, Name: name, CompatibleWith: version}
	head, rest, _ := strings.Cut(text, up)
	s.SQL, _, _ = strings.Cut(rest, down)
	s.SQL = strings.TrimSpace(s.SQL)
	if _, after, found := strings.Cut(head, compatible); found {
		word, _, _ := strings.Cut(after, "\n")
		if s.CompatibleWith, err = strconv.ParseInt(strings.TrimSpace(word), 10, 64); err != nil || s.CompatibleWith > version {
			return Step{}, fmt.Errorf("migration %s: %swants a version up to its own, not %q", name, compatible, word)
		}
	}
	return s, nil
}
