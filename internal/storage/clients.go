package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
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
		for i, c := range append(append([]idp.Client(nil), plan.Add...), plan.Change...) {
			spec, err := json.Marshal(c)
			if err != nil {
				return err
			}
			err = tx.Exec(`INSERT INTO clients (id, source, spec, backchannel_logout_uri, created_at, updated_at) VALUES (?, ?, ?, ?, ?, `+newestClient+`)
				ON CONFLICT (id) DO UPDATE SET source = excluded.source, spec = excluded.spec, backchannel_logout_uri = excluded.backchannel_logout_uri,
					updated_at = excluded.updated_at, disabled_at = 0`,
				c.ID, idp.SourceConfig, string(spec), c.BackchannelLogoutURI, ms(now), ms(now), ms(now)).Error
			if err == nil {
				name := audit.ClientAdded
				if i >= len(plan.Add) {
					name = audit.ClientChanged
				}
				err = tell(tx, audit.Event{At: now, Name: name, Actor: audit.System, Client: c.ID, Result: "declared"})
			}
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

// ClientRecords lists every client that is stored, in use or not.
func (s *Store) ClientRecords(ctx context.Context) ([]idp.ClientRecord, error) {
	var rows []struct {
		Source, Spec                     string
		CreatedAt, UpdatedAt, DisabledAt int64
	}
	err := s.db.WithContext(ctx).Raw(`SELECT source, spec, created_at, updated_at, disabled_at FROM clients ORDER BY id`).Scan(&rows).Error
	if err != nil {
		return nil, wrap("list clients", err)
	}
	out := make([]idp.ClientRecord, len(rows))
	for i, r := range rows {
		out[i] = idp.ClientRecord{Source: r.Source, CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt), DisabledAt: at(r.DisabledAt)}
		if err := json.Unmarshal([]byte(r.Spec), &out[i].Client); err != nil {
			return nil, fmt.Errorf("list clients: %w", err)
		}
	}
	return out, nil
}
