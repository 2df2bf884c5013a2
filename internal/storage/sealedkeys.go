package storage

import (
	"context"
	"time"
)

// SealedKey returns the stored key of this name; if there is none it stores and
// returns the proposed one. Of callers at once, one is first for all. Where there
// is one, nothing is written: a standby has it too.
func (s *Store) SealedKey(ctx context.Context, name, proposed string) (string, error) {
	var sealed string
	look := func() *step {
		return &step{query: `SELECT sealed FROM sealed_keys WHERE name = ?`, args: []any{name}, into: []any{&sealed}}
	}
	found := look()
	err := s.together(ctx, durable, found)
	if err == nil && !found.found {
		err = s.together(ctx, durable,
			&step{query: insert("sealed_keys", "name, sealed") + ` ON CONFLICT (name) DO NOTHING`, args: []any{name, proposed}}, look())
	}
	return sealed, wrap("read sealed key", err)
}

// ReplaceSealedKey stores the key sealed anew, unless it is not old any more.
func (s *Store) ReplaceSealedKey(ctx context.Context, name, old, sealed string) error {
	err := s.db.WithContext(ctx).Exec(`UPDATE sealed_keys SET sealed = ? WHERE name = ? AND sealed = ?`, sealed, name, old).Error
	return wrap("replace sealed key", err)
}

// SealedTexts returns everything that the root secret seals for longer than a
// request.
func (s *Store) SealedTexts(ctx context.Context) (sealed []string, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT sealed FROM sealed_keys UNION ALL SELECT private FROM signing_keys`).Scan(&sealed).Error
	return sealed, wrap("read sealed keys", err)
}

// LastGrantEnds is when the last live grant with a refresh token ends; the zero time
// if there is none.
func (s *Store) LastGrantEnds(ctx context.Context, now time.Time) (time.Time, error) {
	var last int64
	err := s.row(ctx, `SELECT COALESCE(MAX(absolute_at), 0) FROM grants WHERE revoked_at = 0 AND refresh_salt <> '' AND expires_at > ? AND absolute_at > ?`,
		[]any{ms(now), ms(now)}, &last)
	return at(last), wrap("read the last grant", err)
}
