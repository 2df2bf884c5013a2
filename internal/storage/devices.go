package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

const deviceColumns = `id, grant_id, client_id, scopes, resources, ip, user_agent, state, user_id, session_id, hasty, created_at, expires_at`

type deviceRow struct {
	ID, GrantID, ClientID, Scopes, Resources, IP, UserAgent, State, UserID, SessionID string
	Hasty, CreatedAt, ExpiresAt                                                       int64
}

// into lists the places of deviceColumns.
func (r *deviceRow) into() []any {
	return []any{
		&r.ID, &r.GrantID, &r.ClientID, &r.Scopes, &r.Resources, &r.IP, &r.UserAgent, &r.State, &r.UserID, &r.SessionID,
		&r.Hasty, &r.CreatedAt, &r.ExpiresAt,
	}
}

func (r *deviceRow) device() idp.Device {
	return idp.Device{
		ID: r.ID, GrantID: r.GrantID, ClientID: r.ClientID, Scopes: unlist(r.Scopes), Resources: unlist(r.Resources), IP: r.IP, UserAgent: r.UserAgent,
		State: idp.DeviceState(r.State), UserID: r.UserID, SessionID: r.SessionID, Hasty: r.Hasty != 0, CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt),
	}
}

// CreateDevice stores a device that waits, unless a budget is used up
// (*idp.LimitedError). It returns idp.ErrConflict if the user code is in use.
func (s *Store) CreateDevice(ctx context.Context, d idp.Device, device secret.Hash, userCodeMAC string, budgets []magiclink.Count, now time.Time) error {
	return wrap("create device", s.tx(ctx, func(tx *gorm.DB) error {
		if err := count(tx, budgets, now); err != nil {
			return err
		}
		return tx.Exec(insert("device_codes", "device_hash, user_code_mac, pause, "+deviceColumns),
			string(device), userCodeMAC, idp.DevicePause.Milliseconds(),
			d.ID, d.GrantID, d.ClientID, list(d.Scopes), list(d.Resources), d.IP, d.UserAgent, string(d.State), d.UserID, d.SessionID,
			0, ms(d.CreatedAt), ms(d.ExpiresAt)).Error
	}))
}

// DeviceByCode counts a try and returns the device whose user code has this MAC:
// idp.ErrNotFound if none has, *idp.LimitedError, whatever was found, if a budget
// is used up.
func (s *Store) DeviceByCode(ctx context.Context, userCodeMAC string, budgets []magiclink.Count, now time.Time) (idp.Device, error) {
	var r deviceRow
	counted := newCounting(budgets, now)
	found := &step{query: `SELECT ` + deviceColumns + ` FROM device_codes WHERE user_code_mac = ? AND user_code_mac <> ''`, args: []any{userCodeMAC}, into: r.into()}
	if err := s.jointly(ctx, relaxed, counted.step, found); err != nil {
		return idp.Device{}, wrap("find device", err)
	}
	if over := counted.over(); over != nil {
		return idp.Device{}, wrap("find device", over)
	}
	if !found.found {
		return idp.Device{}, wrap("find device", idp.ErrNotFound)
	}
	return r.device(), nil
}

// Device returns a device by its id, or idp.ErrNotFound.
func (s *Store) Device(ctx context.Context, id string) (idp.Device, error) {
	var r deviceRow
	err := s.row(ctx, `SELECT `+deviceColumns+` FROM device_codes WHERE id = ?`, []any{id}, r.into()...)
	return r.device(), wrap("read device", err)
}

// DecideDevice records what a person said to a device that still waits, and
// idp.ErrUsed if it does not. A device that was allowed gets a minute at least to
// hear of it.
func (s *Store) DecideDevice(ctx context.Context, id string, state idp.DeviceState, userID, sessionID string, now time.Time) error {
	soon := ms(now.Add(time.Minute))
	st := &step{query: `UPDATE device_codes SET state = ?, user_id = ?, session_id = ?, expires_at = CASE WHEN expires_at < ? THEN ? ELSE expires_at END
		WHERE id = ? AND state = 'waiting' AND expires_at > ?`, args: []any{string(state), userID, sessionID, soon, soon, id, ms(now)}}
	steps := []*step{st}
	if state == idp.DeviceApproved { // in front: what it tells of is still to come
		mine := &step{query: `UPDATE device_codes SET state = state WHERE id = ?`, args: []any{id}} // others wait here, and tell nothing
		e := audit.Event{At: now, Name: audit.DeviceAllowed, Subject: userID, Detail: audit.Detail("session", sessionID)}
		again := &step{query: allowAgain, args: []any{userID, id, userID}}
		steps = []*step{mine, selectEvent(ctx, ofDevice, e, id, ms(now)), st, again}
	}
	err := s.together(ctx, durable, steps...)
	if err == nil && st.changed != 1 {
		err = idp.ErrUsed
	}
	return wrap("decide device", err)
}

// allowAgain forgets that the application was disconnected: a device that began to
// wait before may be connected after.
const allowAgain = `DELETE FROM consents AS c WHERE c.user_id = ? AND ` + withdrawn + `
	AND c.client_id IN (SELECT d.client_id FROM device_codes d WHERE d.id = ? AND d.state = 'approved' AND d.user_id = ?)`

var ofDevice = told{client: `d.client_id`, actor: `d.user_id`, from: `device_codes d WHERE d.id = ? AND d.state = 'waiting' AND d.expires_at > ?`}.statement()

// hastyMargin forgives a device that the network made a little early.
const hastyMargin = time.Second

// PollDevice returns the client's device and writes down that it asked. A device
// that asks before its pause is over is Hasty, and its pause grows by five
// seconds (RFC 8628 §3.5). It returns idp.ErrNotFound for a foreign device code.
func (s *Store) PollDevice(ctx context.Context, device secret.Hash, clientID string, now time.Time) (idp.Device, error) {
	if device == "" {
		return idp.Device{}, idp.ErrNotFound
	}
	var r deviceRow
	early := ms(now.Add(hastyMargin))
	polled := &step{query: `UPDATE device_codes SET polled_at = ?, hasty = CASE WHEN polled_at + pause > ? THEN 1 ELSE 0 END,
			pause = CASE WHEN polled_at + pause > ? THEN pause + ? ELSE pause END
		WHERE device_hash = ? AND client_id = ? RETURNING ` + deviceColumns,
		args: []any{ms(now), early, early, idp.DevicePause.Milliseconds(), string(device), clientID}, into: r.into()}
	err := polled.must(s.jointly(ctx, durable, polled))
	return r.device(), wrap("poll device", err)
}
