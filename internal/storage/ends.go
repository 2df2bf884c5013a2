package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/secret"
)

// withIDToken holds for a grant whose client got an ID token, and so may have a
// session of its own that is to end with ours.
const withIDToken = `' ' || g.scopes || ' ' LIKE '% openid %'`

// notify stores a notice for each client and session whose grants g fulfill the
// condition. It belongs into the transaction that ends them, and in front of what
// changes the grants.
func notify(tx *gorm.DB, now time.Time, condition string, args ...any) error {
	return notifyStep(now, condition, args...).run(tx)
}

func notifyStep(now time.Time, condition string, args ...any) *step {
	return &step{query: `INSERT INTO logout_notices (id, client_id, user_id, session_id, state, created_at, next_at, expires_at)
		SELECT DISTINCT CAST(? AS TEXT) || g.session_id || '.' || g.client_id, g.client_id, g.user_id, g.session_id, 'queued',
			CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)
		FROM grants g JOIN clients c ON c.id = g.client_id
		WHERE c.backchannel_logout_uri <> '' AND c.disabled_at = 0 AND ` + withIDToken + ` AND (` + condition + `)`,
		args: append([]any{secret.NewID("lgo_", now) + ".", ms(now), ms(now), ms(now.Add(idp.NoticeLife))}, args...)}
}

// aliveGrant takes the time twice.
const aliveGrant = `g.revoked_at = 0 AND g.expires_at > ? AND g.absolute_at > ?`

// sessionClients lists the clients that got an ID token in a session.
func sessionClients(tx *gorm.DB, sessionID string) (ids []string, err error) {
	err = tx.Raw(`SELECT DISTINCT g.client_id FROM grants g WHERE g.session_id = ? AND `+withIDToken+` ORDER BY g.client_id`, sessionID).Scan(&ids).Error
	return ids, err
}

// SignOut ends a session and stores the notices for its clients, in one
// transaction. Grants that were asked to outlive it (offline_access) stay; all
// others end with it. It returns the clients that got an ID token in the session;
// none if it had ended before.
func (s *Store) SignOut(ctx context.Context, sessionID string, now time.Time) (clients []string, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		r := tx.Exec(`UPDATE sessions SET revoked_at = ?, revoke_reason = 'signed out' WHERE id = ? AND revoked_at = 0`, ms(now), sessionID)
		if r.Error != nil || r.RowsAffected == 0 {
			return r.Error
		}
		e := audit.Event{At: now, Name: audit.SessionEnded, Result: "signed_out", Detail: audit.Detail("session", sessionID)}
		if err := selectEvent(ctx, ofSession, e, sessionID).run(tx); err != nil {
			return err
		}
		if clients, err = sessionClients(tx, sessionID); err != nil || len(clients) == 0 {
			return err
		}
		return notify(tx, now, `g.session_id = ?`, sessionID)
	})
	return clients, wrap("sign out", err)
}

var ofSession = told{subject: `s.user_id`, from: `sessions s WHERE s.id = ?`}.statement()

// DisableUser ends everything that stands in a user's name, and the sessions at
// the clients with it; the address can no longer sign in. It returns
// idp.ErrNotFound if there is no such enabled user.
func (s *Store) DisableUser(ctx context.Context, userID string, now time.Time) error {
	return wrap("disable user", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound, `UPDATE users SET disabled_at = ?, updated_at = ?, marks_from = ? WHERE id = ? AND disabled_at = 0`, ms(now), ms(now), ms(now), userID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE sessions SET revoked_at = ?, revoke_reason = 'user disabled' WHERE user_id = ? AND revoked_at = 0`, ms(now), userID).Error; err != nil {
			return err
		}
		if err := tell(tx, audit.Event{At: now, Name: audit.UserDisabled, Actor: audit.System, Subject: userID}); err != nil {
			return err
		}
		_, err = endGrants(tx, now, "user disabled", `g.user_id = ?`, userID)
		return err
	}))
}

// endGrants revokes the grants that fulfill a condition, and returns how many there
// were. Their clients are told, if the grant was alive or its session ended just now.
func endGrants(tx *gorm.DB, now time.Time, reason, condition string, args ...any) (int64, error) {
	told := append(append([]any{}, args...), ms(now), ms(now), ms(now))
	err := notify(tx, now, condition+` AND (`+aliveGrant+` OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session_id AND s.revoked_at = ?))`, told...)
	if err != nil {
		return 0, err
	}
	r := tx.Exec(`UPDATE grants AS g SET revoked_at = ?, revoke_reason = ? WHERE `+condition+` AND g.revoked_at = 0`,
		append([]any{ms(now), reason}, args...)...)
	return r.RowsAffected, r.Error
}

// removeClient disables a client that is no longer declared, with all that it
// was given. It is told of every session that stands and that it knows of: once,
// though all replicas learn of it at the same time.
func removeClient(tx *gorm.DB, id string, now time.Time) error {
	mine := tx.Exec(`UPDATE clients SET updated_at = updated_at WHERE id = ? AND disabled_at = 0`, id) // the others wait here
	if mine.Error != nil || mine.RowsAffected == 0 {
		return mine.Error
	}
	err := notify(tx, now, `g.client_id = ? AND (`+aliveGrant+` OR EXISTS
		(SELECT 1 FROM sessions s WHERE s.id = g.session_id AND s.revoked_at = 0 AND s.expires_at > ?))`, id, ms(now), ms(now), ms(now))
	if err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE grants SET revoked_at = ?, revoke_reason = 'client removed' WHERE client_id = ? AND revoked_at = 0`, ms(now), id).Error; err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE clients SET disabled_at = ?, updated_at = `+newestClient+` WHERE id = ? AND disabled_at = 0`, ms(now), ms(now), ms(now), id).Error; err != nil {
		return err
	}
	return tell(tx, audit.Event{At: now, Name: audit.ClientDisabled, Actor: audit.System, Client: id, Result: "not_declared"})
}
