package storage

import (
	"context"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Spend records that texts were used which work once, until they would have
// expired anyway: all of them in one commit. It returns *idp.SpentError for the
// first of them that somebody else spent before; the others are spent then too.
// What can have been made before the newest restore epoch counts as spent.
func (s *Store) Spend(ctx context.Context, all ...idp.Once) error {
	steps := make([]*step, len(all))
	for i, o := range all {
		steps[i] = &step{query: spend, args: []any{string(o.Hash), ms(o.Expires), ms(o.MadeSince())}}
	}
	err := s.jointly(ctx, durable, steps...)
	for i, st := range steps {
		if err == nil && st.changed != 1 {
			err = &idp.SpentError{Which: all[i].Hash}
		}
	}
	return wrap("spend", err)
}

const spend = `INSERT INTO spent (id, expires_at) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM epochs WHERE raised_at >= ?) ON CONFLICT (id) DO NOTHING`

// Spent reports whether Spend recorded it.
func (s *Store) Spent(ctx context.Context, what secret.Hash) (bool, error) {
	var n int64
	err := s.row(ctx, `SELECT COUNT(*) FROM spent WHERE id = ?`, []any{string(what)}, &n)
	return n > 0, wrap("look for spent", err)
}
