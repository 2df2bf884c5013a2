package storage

import (
	"context"

	"gorm.io/gorm"
)

// batches runs fn in one transaction, like tx, and gives it a together of its own:
// steps that need nothing from each other travel in one round trip there too. fn may run
// more than once, like that of tx.
func (s *Store) batches(ctx context.Context, fn func(tx *gorm.DB, together func(...*step) error) error) error {
	if s.dialect.within != nil {
		return insist(ctx, func() error { return s.dialect.within(s.db.WithContext(ctx), fn) })
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		return fn(tx, func(steps ...*step) error {
			for _, st := range steps {
				if err := st.run(tx); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
