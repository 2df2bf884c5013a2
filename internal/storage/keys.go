package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
)

type keyRow struct {
	ID, Algorithm, State, Private    string
	CreatedAt, ActivateAt, RetiredAt int64
}

const keyColumns = `id, algorithm, state, private, created_at, activate_at, retired_at`

// SigningKeys returns every key, with its private part sealed.
func (s *Store) SigningKeys(ctx context.Context) ([]idp.SigningKey, error) {
	var rows []keyRow
	if err := s.db.WithContext(ctx).Raw(`SELECT ` + keyColumns + ` FROM signing_keys ORDER BY algorithm, created_at, id`).Scan(&rows).Error; err != nil {
		return nil, wrap("read signing keys", err)
	}
	out := make([]idp.SigningKey, 0, len(rows))
	for _, r := range rows {
		out = append(out, idp.SigningKey{
			ID: r.ID, Algorithm: idp.Algorithm(r.Algorithm), State: idp.KeyState(r.State), Private: r.Private,
			CreatedAt: at(r.CreatedAt), ActivateAt: at(r.ActivateAt), RetiredAt: at(r.RetiredAt),
		})
	}
	return out, nil
}

// ChangeKeys carries out one rotation: it adds made, and for each action without
// a new key moves or drops the named one. If another replica was first, nothing
// changes and it returns idp.ErrConflict.
func (s *Store) ChangeKeys(ctx context.Context, made []idp.SigningKey, steps []idp.KeyAction, now time.Time) error {
	return wrap("change signing keys", s.tx(ctx, func(tx *gorm.DB) error {
		for _, a := range steps {
			if a.KeyID == "" {
				continue
			}
			if err := moveKey(tx, a, now); err != nil {
				return err
			}
			result := string(a.State)
			if a.Drop {
				result = "dropped"
			}
			if err := tellKey(tx, a.KeyID, a.Algorithm, result, now); err != nil {
				return err
			}
		}
		for _, k := range made {
			err := tx.Exec(insert("signing_keys", keyColumns), k.ID, string(k.Algorithm), string(k.State), k.Private,
				ms(k.CreatedAt), ms(k.ActivateAt), ms(k.RetiredAt)).Error
			if err == nil {
				err = tellKey(tx, k.ID, k.Algorithm, "made", now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func tellKey(tx *gorm.DB, id string, alg idp.Algorithm, result string, now time.Time) error {
	return tell(tx, audit.Event{At: now, Name: audit.KeyRotated, Result: result, Detail: audit.Detail("algorithm", string(alg), "key", id)})
}

// ResealKey replaces the sealed private part of a key, if it still is old. Two
// replicas that do it at once do it once.
func (s *Store) ResealKey(ctx context.Context, id, old, sealed string) error {
	err := s.db.WithContext(ctx).Exec(`UPDATE signing_keys SET private = ? WHERE id = ? AND private = ?`, sealed, id, old).Error
	return wrap("reseal signing key", err)
}

// moveKey changes one key's state, from the one that must come before it.
func moveKey(tx *gorm.DB, a idp.KeyAction, now time.Time) error {
	switch {
	case a.Drop:
		return once(tx, idp.ErrConflict, `DELETE FROM signing_keys WHERE id = ? AND state = 'retired'`, a.KeyID)
	case a.State == idp.KeyRetired:
		return once(tx, idp.ErrConflict, `UPDATE signing_keys SET state = 'retired', retired_at = ? WHERE id = ? AND state = 'active'`, ms(now), a.KeyID)
	default:
		return once(tx, idp.ErrConflict, `UPDATE signing_keys SET state = 'active', activate_at = ? WHERE id = ? AND state = 'published'`, ms(now), a.KeyID)
	}
}
