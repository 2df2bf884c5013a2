package storage

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// TxForTest runs fn in a transaction of the store.
func TxForTest(s *Store, fn func() error) error {
	return s.tx(context.Background(), func(*gorm.DB) error { return fn() })
}

// HoldForTest takes a connection of the store, for as long as it is not closed.
func HoldForTest(s *Store) (*sql.Conn, error) {
	db, err := s.db.DB()
	if err != nil {
		return nil, err
	}
	return db.Conn(context.Background())
}

// JointlyForTest runs a statement with the company that it finds.
func JointlyForTest(ctx context.Context, s *Store, statement string) error {
	return s.jointly(ctx, durable, &step{query: statement})
}

// TogetherForTest runs statements as one transaction and returns the only column of
// each one's first row, "" where there is none.
func TogetherForTest(ctx context.Context, s *Store, statements ...string) ([]string, error) {
	rows := make([]string, len(statements))
	steps := make([]*step, len(statements))
	for i, statement := range statements {
		steps[i] = &step{query: statement, into: []any{&rows[i]}}
	}
	return rows, wrap("test", s.together(ctx, durable, steps...))
}

// SentBackForTest sends texts and returns them as they came back.
func SentBackForTest(ctx context.Context, s *Store, texts ...string) ([]string, error) {
	rows := make([]string, len(texts))
	steps := make([]*step, len(texts))
	for i, text := range texts {
		steps[i] = &step{query: `SELECT CAST(? AS TEXT)`, args: []any{text}, into: []any{&rows[i]}}
	}
	return rows, wrap("test", s.together(ctx, durable, steps...))
}

// PanicForTest panics while it reads the first of several rows.
func PanicForTest(ctx context.Context, s *Store) {
	_ = s.together(ctx, durable, &step{query: `SELECT n::text FROM generate_series(1, 5) n`, each: func(func(...any) error) error { panic("for test") }})
}

// ScanForTest reads one row of an exchange.
func ScanForTest(row [][]byte, into ...any) error { return columns(row).scan(into...) }

// UnsendableForTest tries to send what has no text, and reports whether the caller may
// try everybody else's again.
func UnsendableForTest(s *Store) (apart bool, err error) {
	err = s.together(context.Background(), durable, &step{query: `SELECT CAST(? AS TEXT)`, args: []any{1.5}})
	return undone(err), wrap("test", err)
}

// ToldTwiceForTest runs a step that can forget, with a row and then without one. It
// returns how many it knows of.
func ToldTwiceForTest(s *Store) (rows int, err error) {
	st := &step{each: func(func(...any) error) error { rows++; return nil }, forget: func() { rows = 0 }}
	for _, st.query = range []string{`SELECT 1`, `SELECT 1 WHERE 1 = 0`} {
		err = errors.Join(err, s.together(context.Background(), relaxed, st))
	}
	return rows, err
}

// ExecForTest runs a statement past the store's own.
func ExecForTest(s *Store, statement string) error { return s.db.Exec(statement).Error }

// MigrateToForTest stops at an older schema.
func MigrateToForTest(s *Store, version int64) error {
	_, err := s.migrateTo(context.Background(), version)
	return err
}

// TableNamesForTest are the tables whose rows are somebody's.
func TableNamesForTest() []string { return tableNames() }

// BoundedForTest says of every table that the store knows what keeps it from growing.
func BoundedForTest() map[string]string {
	out := map[string]string{versionTable: "one row per step of the schema"}
	for _, t := range tables {
		out[t.name] = t.bounded
	}
	for _, e := range expiring {
		out[e.table] += "purged by " + e.column
	}
	return out
}

// PurgedForTest are the tables that the purge has a rule for, one per rule.
func PurgedForTest() (names []string) {
	for _, e := range expiring {
		names = append(names, e.table)
	}
	return names
}
