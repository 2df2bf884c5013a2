package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
)

// Clients returns the enabled clients.
func (s *Store) Clients(ctx context.Context) ([]idp.Client, error) {
	var specs []string
	if err := s.db.WithContext(ctx).Raw(`SELECT spec FROM clients WHERE disabled_at = 0 ORDER BY id`).Scan(&specs).Error; err != nil {
		return nil, wrap("read clients", err)
	}
	out := make([]idp.Client, len(specs))
	for i, spec := range specs {
		if err := json.Unmarshal([]byte(spec), &out[i]); err != nil {
			return nil, fmt.Errorf("read clients: %w", err)
		}
	}
	return out, nil
}

// ClientsVersion changes whenever a client is added, changed or disabled: the
// cheap question that every replica asks before it reads them all again.
func (s *Store) ClientsVersion(ctx context.Context) (string, error) {
	var v struct{ N, Newest int64 }
	err := s.db.WithContext(ctx).Raw(`SELECT COUNT(*) AS n, COALESCE(MAX(updated_at), 0) AS newest FROM clients`).Scan(&v).Error
	return fmt.Sprintf("%d.%d", v.N, v.Newest), wrap("read clients version", err)
}

// ApplyClients carries out a plan in one transaction. A client that goes loses
// its grants and is told to end its sessions.
func (s *Store) ApplyClients(ctx context.Context, plan idp.ClientPlan, now time.Time) error {
	return wrap("apply clients", s.tx(ctx, func(tx *gorm.DB) error {
		for _, c := range append(append([]idp.Client(nil), plan.Add...), plan.Change...) {
			spec, err := json.Marshal(c)
			if err != nil {
				return err
			}
			err = tx.Exec(`INSERT INTO clients (id, source, spec, backchannel_logout_uri, created_at, updated_at) VALUES (?, ?, ?, ?, ?, `+newestClient+`)
				ON CONFLICT (id) DO UPDATE SET source = excluded.source, spec = excluded.spec, backchannel_logout_uri = excluded.backchannel_logout_uri,
					updated_at = excluded.updated_at, disabled_at = 0`,
				c.ID, "config", string(spec), c.BackchannelLogoutURI, ms(now), ms(now), ms(now)).Error
			if err != nil {
				return err
			}
		}
		for _, id := range plan.Disable {
			if err := removeClient(tx, id, now); err != nil {
				return err
			}
		}
		return nil
	}))
}
