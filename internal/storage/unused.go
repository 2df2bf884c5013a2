package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
)

// usedClient holds for a client that somebody signed in to. Its second condition is
// that of the index that answers it.
const usedClient = `EXISTS (SELECT 1 FROM grants WHERE grants.client_id = clients.id AND substr(grants.client_id, 1, 4) = 'dyn_')`

// PurgeUnusedClients deletes clients that registered themselves, or changed
// themselves last, before the time, and that nobody ever signed in to. It returns
// how many. That a client was used is noted here, while its grants still stand:
// no sign-in writes it down.
func (s *Store) PurgeUnusedClients(ctx context.Context, before, now time.Time) (int, error) {
	var gone []string
	err := s.tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec(`UPDATE clients SET used_at = ? WHERE source = ? AND used_at = 0 AND `+usedClient, ms(now), registered).Error
		if err != nil {
			return err
		}
		gone = nil
		err = tx.Raw(`DELETE FROM clients WHERE source = ? AND used_at = 0 AND updated_at < ? AND NOT `+usedClient+` RETURNING id`, registered, ms(before)).Scan(&gone).Error
		if err != nil || len(gone) == 0 {
			return err
		}
		for _, id := range gone {
			if err := tell(tx, audit.Event{At: now, Name: audit.ClientDisabled, Actor: audit.System, Client: id, Result: "unused"}); err != nil {
				return err
			}
		}
		return tx.Exec(`DELETE FROM consents WHERE client_id IN ?`, gone).Error // a yes that led to nothing
	})
	return len(gone), wrap("purge unused clients", err)
}
