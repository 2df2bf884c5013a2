package storage

import "context"

// SealedKey returns the stored key of this name; if there is none it stores and
// returns the proposed one. Of callers at once, one is first for all.
func (s *Store) SealedKey(ctx context.Context, name, proposed string) (string, error) {
	var sealed string
	err := s.together(ctx, durable,
		&step{query: insert("sealed_keys", "name, sealed") + ` ON CONFLICT (name) DO NOTHING`, args: []any{name, proposed}},
		&step{query: `SELECT sealed FROM sealed_keys WHERE name = ?`, args: []any{name}, into: []any{&sealed}})
	return sealed, wrap("read sealed key", err)
}

// ReplaceSealedKey stores the key sealed anew, unless it is not old any more.
func (s *Store) ReplaceSealedKey(ctx context.Context, name, old, sealed string) error {
	err := s.db.WithContext(ctx).Exec(`UPDATE sealed_keys SET sealed = ? WHERE name = ? AND sealed = ?`, sealed, name, old).Error
	return wrap("replace sealed key", err)
}
