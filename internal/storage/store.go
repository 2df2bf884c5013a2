package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
)

// Store is the whole of the stored state. It is safe for concurrent use.
type Store struct {
	db      *gorm.DB
	dialect dialect
	purged  purged
}

// Open connects to the database. It does not touch the schema; see Migrate.
func Open(o Options) (*Store, error) {
	db, d, err := open(o)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, dialect: d}, nil
}

// Close releases all connections.
func (s *Store) Close() error {
	db, err := s.db.DB()
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	err = db.Close()
	s.dialect.close()
	return err
}

// tx runs fn in one transaction, and once more if the server ended it for the sake
// of another one: what fn leaves behind must not depend on how often it ran.
func (s *Store) tx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return insist(ctx, func() error { return s.db.WithContext(ctx).Transaction(fn) })
}

// insist runs a transaction until the server does not end it for the sake of another, or
// has done so often enough.
func insist(ctx context.Context, transaction func() error) error {
	for try := 1; ; try++ {
		err := transaction()
		if try == tries || !sacrificed(err) || pause(ctx, try) != nil {
			return err
		}
	}
}

// one scans the single row that a statement returns, or idp.ErrNotFound.
func one(db *gorm.DB, row any, query string, args ...any) error {
	r := db.Raw(query, args...).Scan(row)
	if r.Error != nil {
		return r.Error
	}
	if r.RowsAffected == 0 {
		return idp.ErrNotFound
	}
	return nil
}

// once runs a statement that must change exactly one row: the guard of every
// one-shot. Zero rows is lost.
func once(db *gorm.DB, lost error, query string, args ...any) error {
	r := db.Exec(query, args...)
	if r.Error != nil {
		return r.Error
	}
	if r.RowsAffected != 1 {
		return lost
	}
	return nil
}

// insert builds "INSERT INTO table (a, b) VALUES (?, ?)".
func insert(table, columns string) string {
	n := strings.Count(columns, ",") + 1
	return "INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")"
}

// wrap adds the use case to an error and lets the sentinels through.
func wrap(act string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = idp.ErrConflict
	}
	if unavailable(err) {
		err = fmt.Errorf("%w: %w", idp.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}

// ms and at convert between a time and its stored form. The zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func at(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v).UTC()
}

// Lists are stored as space-separated text: no member can contain a space.
func list(v []string) string   { return strings.Join(v, " ") }
func unlist(v string) []string { return strings.Fields(v) }
