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
