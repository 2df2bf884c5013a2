package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"idp/internal/idp"
)

type noticeRow struct {
	ID, ClientID, UserID, SessionID, State, Reply string
	Tries                                         int
	CreatedAt, NextAt, ExpiresAt, DeliveredAt     int64
	Spec                                          string
}

const noticeColumns = `id, client_id, user_id, session_id, state, reply, tries, created_at, next_at, expires_at, delivered_at`

func (r *noticeRow) notice() idp.LogoutNotice {
	return idp.LogoutNotice{
		ID: r.ID, ClientID: r.ClientID, UserID: r.UserID, SessionID: r.SessionID, CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt),
		NoticeFate: idp.NoticeFate{
			State: idp.NoticeState(r.State), Tries: r.Tries, NextAt: at(r.NextAt), DeliveredAt: at(r.DeliveredAt), Reply: r.Reply,
		},
	}
}

// ClaimNotice takes the logout notice that is due longest and whose client is
// not among busy. The lease gives it to another worker if this one dies. The
// client comes with it as it is registered now, or was last, if it is disabled.
// It returns idp.ErrNotFound if nothing is due.
func (s *Store) ClaimNotice(ctx context.Context, busy []string, lease time.Duration, now time.Time) (idp.LogoutNotice, idp.Client, error) {
	var r noticeRow
	var client idp.Client
	err := one(s.db.WithContext(ctx), &r, `UPDATE logout_notices SET state = 'sending', tries = tries + 1, next_at = ?
		WHERE id = (SELECT id FROM logout_notices WHERE state IN ('queued', 'sending', 'deferred') AND next_at <= ? AND client_id NOT IN ?
			ORDER BY next_at, id LIMIT 1`+s.dialect.skipLocked+`)
		RETURNING `+noticeColumns+`, (SELECT c.spec FROM clients c WHERE c.id = logout_notices.client_id) AS spec`,
		ms(now.Add(lease)), ms(now), append([]string{""}, busy...)) // an empty list would be NULL
	if err == nil {
		err = json.Unmarshal([]byte(r.Spec), &client)
	}
	return r.notice(), client, wrap("claim logout notice", err)
}

// NoticeDone records what became of a claimed notice. Only the worker whose try
// it was may say so: after its lease another one owns the notice, and this is
// idp.ErrConflict.
func (s *Store) NoticeDone(ctx context.Context, id string, f idp.NoticeFate) error {
	st := &step{query: `UPDATE logout_notices SET state = ?, next_at = ?, delivered_at = ?, reply = ? WHERE id = ? AND tries = ? AND state = 'sending'`,
		args: []any{string(f.State), ms(f.NextAt), ms(f.DeliveredAt), f.Reply, id, f.Tries}}
	err := s.together(ctx, relaxed, st)
	if err == nil && st.changed != 1 {
		err = idp.ErrConflict
	}
	return wrap("record logout notice", err)
}

// NextNoticeAt says when the next logout notice is due whose client is not among
// busy; the zero time if none waits.
func (s *Store) NextNoticeAt(ctx context.Context, busy []string) (time.Time, error) {
	var next *int64
	err := s.db.WithContext(ctx).Raw(`SELECT MIN(next_at) FROM logout_notices WHERE state IN ('queued', 'sending', 'deferred') AND client_id NOT IN ?`,
		append([]string{""}, busy...)).Scan(&next).Error
	if err != nil || next == nil {
		return time.Time{}, wrap("read logout notices", err)
	}
	return at(*next), nil
}

// LogoutNotices lists the newest notices: all, or those in one state. What was
// delivered or given up stays a week.
func (s *Store) LogoutNotices(ctx context.Context, state idp.NoticeState, limit int) ([]idp.LogoutNotice, error) {
	var rows []noticeRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+noticeColumns+` FROM logout_notices WHERE ? IN ('', state) ORDER BY id DESC LIMIT ?`, string(state), limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list logout notices: %w", err)
	}
	out := make([]idp.LogoutNotice, len(rows))
	for i := range rows {
		out[i] = rows[i].notice()
	}
	return out, nil
}
