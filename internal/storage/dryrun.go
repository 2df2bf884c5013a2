package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"idp/migrations"
)

// Pending lists the steps that Migrate would apply, the oldest first. It returns
// *NewerError as Migrate does.
func (s *Store) Pending(ctx context.Context) ([]migrations.Step, error) {
	v, err := s.Schema(ctx)
	if err == nil {
		err = v.Usable()
	}
	if err != nil {
		return nil, err
	}
	steps, err := migrations.Steps()
	if err != nil {
		return nil, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return nil, err
	}
	var pending []migrations.Step
	for _, st := range steps {
		if !applied[st.Version] {
			pending = append(pending, st)
		}
	}
	return pending, nil
}

// TryMigrate applies the pending steps in one transaction and rolls it back, so
// that what would fail is known before anything is changed. While it runs, it holds
// the locks that the steps take: those who want the same tables wait.
func (s *Store) TryMigrate(ctx context.Context) error {
	pending, err := s.Pending(ctx)
	if err != nil || len(pending) == 0 {
		return err
	}
	return s.migrating(func(_ *goose.Provider, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return wrap("try steps", err)
		}
		for _, st := range pending {
			if _, err := tx.ExecContext(ctx, st.SQL, s.dialect.script...); err != nil {
				return errors.Join(fmt.Errorf("try %s: %w", st.Name, err), tx.Rollback())
			}
		}
		return wrap("try steps", tx.Rollback())
	})
}
