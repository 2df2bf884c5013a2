package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// table is one of ours, with what keeps it from growing for ever: the purge, or
// something else, in a word for people.
type table struct {
	name    string
	bounded string // "" if the purge has a rule for it
}

// tables are all of ours, in the order in which they are written: what refers
// comes after what it refers to.
var tables = []table{
	{"users", "one row per person"},
	{"clients", "the configuration, and registration.max_clients"},
	{"consents", "one row per person and client"},
	{"signing_keys", "keys.retire_after"},
	{"sealed_keys", "one row per name in the program"},
	{"sessions", ""},
	{"grants", ""},
	{"challenges", ""},
	{"challenge_secrets", ""},
	{"outbox", ""},
	{"bounced", ""},
	{"device_codes", ""},
	{"logout_notices", ""},
	{"failures", ""},
	{"counters", ""},
	{"spent", ""},
	{"audit_events", "audit.retention"},
	{"audit_ends", "two rows"},
	{"epochs", "one row per restore"},
	{"schema_steps", "one row per step of the schema"},
}

// described are the tables whose rows belong to the schema, not to the people:
// every database writes its own.
var described = []string{"schema_steps"}

// tableNames are the tables whose rows are somebody's.
func tableNames() []string {
	var names []string
	for _, t := range tables {
		if !slices.Contains(described, t.name) {
			names = append(names, t.name)
		}
	}
	return names
}

// column is a column of a table.
type column struct{ Name, Type string }

// boolean reports whether a column holds truth values, which one of the databases
// keeps as numbers.
func (c column) boolean() bool { return strings.EqualFold(c.Type, "boolean") }

// columns lists the columns of a table; none if there is no such table.
func (s *Store) columns(db *gorm.DB, table string) ([]column, error) {
	var out []column
	err := db.Raw(s.dialect.columns, table).Scan(&out).Error
	return out, err
}

// present lists those of tableNames that this schema has.
func (s *Store) present(tx *gorm.DB) (names []string, err error) {
	for _, name := range tableNames() {
		columns, err := s.columns(tx, name)
		if err != nil {
			return nil, err
		}
		if len(columns) > 0 {
			names = append(names, name)
		}
	}
	return names, nil
}

// alone keeps others from writing until the transaction ends, and lists the tables.
func (s *Store) alone(tx *gorm.DB) (names []string, err error) {
	names, err = s.present(tx)
	if err == nil && s.dialect.alone != nil && len(names) > 0 {
		err = tx.Exec(s.dialect.alone(names)).Error
	}
	return names, err
}

// Sizes counts the rows of every table that is there.
func (s *Store) Sizes(ctx context.Context) (map[string]int64, error) {
	out := make(map[string]int64, len(tables))
	err := s.long(ctx, func(tx *gorm.DB) error {
		names, err := s.present(tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			var n int64
			if err := tx.Raw(`SELECT COUNT(*) FROM ` + name).Scan(&n).Error; err != nil {
				return err
			}
			out[name] = n
		}
		return nil
	})
	return out, wrap("count rows", err)
}

// Empty returns *NotEmptyError if a table has rows.
func (s *Store) Empty(ctx context.Context) error {
	sizes, err := s.Sizes(ctx)
	for _, name := range tableNames() {
		if err == nil && sizes[name] > 0 {
			err = &NotEmptyError{name, sizes[name]}
		}
	}
	return err
}

// InUse reports whether a process serves from the database, as far as that can be
// known: on a connection pooler's connections it cannot.
func (s *Store) InUse(ctx context.Context) (bool, error) {
	db, err := s.db.DB()
	if err != nil {
		return false, wrap("look for users of the database", err)
	}
	used, err := s.dialect.inUse(ctx, db)
	return used, wrap("look for users of the database", err)
}

// long runs fn in a transaction whose statements may take as long as they take.
func (s *Store) long(ctx context.Context, fn func(tx *gorm.DB) error, o ...*sql.TxOptions) (err error) {
	db, done, err := s.dialect.unhurried(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	return db.WithContext(ctx).Transaction(fn, o...)
}
