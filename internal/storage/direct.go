package storage

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"idp/internal/idp"
)

// step is one statement of a batch.
type step struct {
	query string
	args  []any
	// into is where the columns of its one row go; nil if it returns none. What is there
	// means nothing before the transaction is done, and nothing if no row was found.
	into []any
	// each, instead of into, is called for every row, and forget before the first: where
	// there is one, the step can be tried again after a transaction that was undone.
	each   func(scan func(...any) error) error
	forget func()
	// What came of it: whether there was a row, or how many it changed.
	found   bool
	changed int64
	told    bool // each was called, and cannot be again
}

// begin forgets what came of the step when it was tried before.
func (st *step) begin() {
	st.found, st.changed = false, 0
	if st.forget != nil {
		st.forget()
	}
}

// row is for each row that the statement returns.
func (st *step) row(scan func(...any) error) (err error) {
	switch {
	case st.each != nil:
		st.told = st.forget == nil
		return st.each(scan)
	case st.into != nil && !st.found: // the first
		err = scan(st.into...)
		st.found = err == nil
	}
	return err
}

// durability says what a crash of the database server may take.
type durability int

const (
	// durable: a commit is on disk before anybody hears of it.
	durable durability = iota
	// relaxed: a crash of the database server, not of this process, may take what
	// the last half second committed. It is for what fails closed: who loses a
	// challenge asks for another mail.
	relaxed
)

// row runs one statement and scans its row: idp.ErrNotFound if there is none. GORM's
// own scanning finds columns by name and reflection, which costs as much as the
// statement itself.
func (s *Store) row(ctx context.Context, query string, args []any, into ...any) error {
	st := &step{query: query, args: args, into: into}
	return st.must(s.together(ctx, durable, st))
}

// glance is row for what requests ask all the time: a SELECT that finds its row by a
// key. Others who ask at that moment may travel with it.
func (s *Store) glance(ctx context.Context, query string, args []any, into ...any) error {
	st := &step{query: query, args: args, into: into}
	return st.must(s.look(ctx, st))
}

// look is together for steps that glance.
func (s *Store) look(ctx context.Context, steps ...*step) error {
	if s.dialect.look != nil {
		return s.dialect.look(ctx, steps)
	}
	return s.together(ctx, durable, steps...)
}

// must makes no row an error.
func (st *step) must(err error) error {
	if err == nil && !st.found {
		return idp.ErrNotFound
	}
	return err
}

// together runs steps as one transaction. Where the database allows it they
// travel in one round trip, so no step may depend in Go on what an earlier one
// found: its own condition must say when it has nothing to do.
func (s *Store) together(ctx context.Context, d durability, steps ...*step) error {
	if s.dialect.batch != nil {
		return s.dialect.batch(ctx, d, steps)
	}
	db := s.db.WithContext(ctx)
	if len(steps) == 1 {
		return steps[0].run(db)
	}
	return db.Transaction(func(tx *gorm.DB) error {
		for _, st := range steps {
			if err := st.run(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// jointly is together for what requests do all the time, on few rows that they find
// by key. On a busy PostgreSQL the transaction is shared with others who come at that
// moment, as if each had come behind the other: see gathering.
func (s *Store) jointly(ctx context.Context, d durability, steps ...*step) error {
	if s.dialect.jointly != nil {
		return s.dialect.jointly(ctx, d, steps)
	}
	return s.together(ctx, d, steps...)
}

// run is for a database without batches.
func (st *step) run(db *gorm.DB) (err error) {
	st.begin()
	if st.into == nil && st.each == nil {
		r := db.Exec(st.query, st.args...)
		st.changed = r.RowsAffected
		return r.Error
	}
	rows, failed := db.Raw(st.query, st.args...).Rows()
	if failed != nil {
		return failed
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := st.row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
