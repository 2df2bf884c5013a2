package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/secret"
)

// registered is the source of clients that registered themselves. The
// configuration neither changes nor disables them.
const registered = idp.SourceDynamic

// newestClient is a time of change that ClientsVersion notices, even if it is in
// the same millisecond as the one before, or that replica's clock was ahead.
const newestClient = `(SELECT CASE WHEN COALESCE(MAX(updated_at), 0) < ? THEN ? ELSE MAX(updated_at) + 1 END FROM clients)`

// DeclaredClients returns the enabled clients that the configuration declared.
func (s *Store) DeclaredClients(ctx context.Context) ([]idp.Client, error) {
	var specs []string
	err := s.db.WithContext(ctx).Raw(`SELECT spec FROM clients WHERE disabled_at = 0 AND source <> ? ORDER BY id`, registered).Scan(&specs).Error
	out := make([]idp.Client, len(specs))
	for i, spec := range specs {
		if err := json.Unmarshal([]byte(spec), &out[i]); err != nil {
			return nil, fmt.Errorf("read declared clients: %w", err)
		}
	}
	return out, wrap("read declared clients", err)
}

// RegisterClient stores a client that registers itself, unless there are already
// limit of its kind: then it returns *idp.LimitedError.
func (s *Store) RegisterClient(ctx context.Context, c idp.Client, token secret.Hash, limit int, now time.Time) error {
	spec, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("register client: %w", err)
	}
	full := &idp.LimitedError{Limit: "registration.max_clients", RetryAt: now.Add(time.Hour)}
	return wrap("register client", s.tx(ctx, func(tx *gorm.DB) error {
		// Touching one row makes registrations wait for each other, so that each
		// counts those before it.
		err := tx.Exec(insert("counters", "key, used_at, count1, ends1")+` ON CONFLICT (key) DO UPDATE SET ends1 = excluded.ends1`,
			"registration", ms(now), 0, ms(now.Add(time.Hour))).Error
		if err != nil {
			return err
		}
		err = once(tx, full, `INSERT INTO clients (id, source, spec, registration_hash, created_at, updated_at)
			SELECT ?, ?, ?, ?, ?, `+newestClient+` WHERE (SELECT COUNT(*) FROM clients WHERE source = ?) < ?`,
			c.ID, registered, string(spec), string(token), ms(now), ms(now), ms(now), registered, limit)
		if err != nil {
			return err
		}
		return tellRegistered(tx, audit.ClientAdded, c.ID, "registered", now)
	}))
}

// RegisteredClient returns the client that this registration access token is for,
// or idp.ErrNotFound.
func (s *Store) RegisteredClient(ctx context.Context, id string, token secret.Hash) (idp.Client, error) {
	var c idp.Client
	var spec string
	if token == "" {
		return c, wrap("read registered client", idp.ErrNotFound)
	}
	err := one(s.db.WithContext(ctx), &spec, `SELECT spec FROM clients WHERE id = ? AND registration_hash = ? AND source = ? AND disabled_at = 0`,
		id, string(token), registered)
	if err == nil {
		err = json.Unmarshal([]byte(spec), &c)
	}
	return c, wrap("read registered client", err)
}

// ChangeRegisteredClient replaces the client, or returns idp.ErrNotFound if the
// token is not for it.
func (s *Store) ChangeRegisteredClient(ctx context.Context, c idp.Client, token secret.Hash, now time.Time) error {
	spec, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("change registered client: %w", err)
	}
	return wrap("change registered client", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound,
			`UPDATE clients SET spec = ?, updated_at = `+newestClient+` WHERE id = ? AND registration_hash = ? AND registration_hash <> '' AND source = ? AND disabled_at = 0`,
			string(spec), ms(now), ms(now), c.ID, string(token), registered)
		if err != nil {
			return err
		}
		return tellRegistered(tx, audit.ClientChanged, c.ID, "registered", now)
	}))
}

func tellRegistered(tx *gorm.DB, name audit.Name, id, result string, now time.Time) error {
	return tell(tx, audit.Event{At: now, Name: name, Actor: id, Client: id, Result: result})
}

// RemoveRegisteredClient takes a client away, with all that people gave it. It
// returns idp.ErrNotFound if the token is not for it.
func (s *Store) RemoveRegisteredClient(ctx context.Context, id string, token secret.Hash, now time.Time) error {
	return wrap("remove registered client", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound, `DELETE FROM clients WHERE id = ? AND registration_hash = ? AND registration_hash <> '' AND source = ?`,
			id, string(token), registered)
		if err == nil {
			err = takeBack(tx, id, "the client removed itself", now)
		}
		if err != nil {
			return err
		}
		return tellRegistered(tx, audit.ClientDisabled, id, "removed_itself", now)
	}))
}

// RemoveClient takes a client away that registered itself, with all that people gave
// it. It returns idp.ErrNotFound if there is none of this id.
func (s *Store) RemoveClient(ctx context.Context, id string, now time.Time) error {
	return wrap("remove client", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound, `DELETE FROM clients WHERE id = ? AND source = ?`, id, registered)
		if err == nil {
			err = takeBack(tx, id, "the client was removed", now)
		}
		if err != nil {
			return err
		}
		return tell(tx, audit.Event{At: now, Name: audit.ClientDisabled, Actor: audit.System, Client: id, Result: "removed"})
	}))
}

// takeBack ends what people gave a client.
func takeBack(tx *gorm.DB, clientID, reason string, now time.Time) error {
	err := tx.Exec(`UPDATE grants SET revoked_at = ?, revoke_reason = ? WHERE client_id = ? AND revoked_at = 0`, ms(now), reason, clientID).Error
	if err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM consents WHERE client_id = ?`, clientID).Error
}
