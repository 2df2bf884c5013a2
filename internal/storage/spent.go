package storage

import (
	"context"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Spend records that something was used which works once, until it would have
// expired anyway. It returns idp.ErrUsed if somebody was first.
func (s *Store) Spend(ctx context.Context, what secret.Hash, expires time.Time) error {
	st := &step{query: insert("spent", "id, expires_at") + ` ON CONFLICT (id) DO NOTHING`, args: []any{string(what), ms(expires)}}
	err := s.together(ctx, durable, st)
	if err == nil && st.changed != 1 {
		err = idp.ErrUsed
	}
	return wrap("spend", err)
}

// Spent reports whether Spend recorded it.
func (s *Store) Spent(ctx context.Context, what secret.Hash) (bool, error) {
	var n int64
	err := s.row(ctx, `SELECT COUNT(*) FROM spent WHERE id = ?`, []any{string(what)}, &n)
	return n > 0, wrap("look for spent", err)
}
