package storage

import (
	"context"
	"time"
)

// usedClient holds for a client that somebody signed in to. Its second condition is
// that of the index that answers it.
const usedClient = `EXISTS (SELECT 1 FROM grants WHERE grants.client_id = clients.id AND substr(grants.client_id, 1, 4) = 'dyn_')`

// PurgeUnusedClients deletes clients that registered themselves, or changed
// themselves last, before the time, and that nobody ever signed in to. It returns
// how many. That a client was used is noted here, while its grants still stand:
// no sign-in writes it down.
func (s *Store) PurgeUnusedClients(ctx context.Context, before, now time.Time) (int, error) {
	mark := &step{
		query: `UPDATE clients SET used_at = ? WHERE source = ? AND used_at = 0 AND ` + usedClient,
		args:  []any{ms(now), registered},
	}
	var gone []string
	purge := &step{
		query: `DELETE FROM clients WHERE source = ? AND used_at = 0 AND updated_at < ? AND NOT ` + usedClient + ` RETURNING id`,
		args:  []any{registered, ms(before)},
		each: func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			gone = append(gone, id)
			return err
		},
	}
	if err := s.together(ctx, durable, mark, purge); err != nil {
		return 0, wrap("purge unused clients", err)
	}
	if len(gone) == 0 {
		return 0, nil
	}
	// A yes that led to nothing.
	err := s.db.WithContext(ctx).Exec(`DELETE FROM consents WHERE client_id IN ?`, gone).Error
	return len(gone), wrap("purge unused clients", err)
}
