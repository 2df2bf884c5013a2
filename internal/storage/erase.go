package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
)

// erased are the statements that take what is held on a person, with what each is
// asked by. Notices to applications stay until they are delivered: they know no
// more than the id.
var erased = []struct{ by, query string }{
	{"email", `DELETE FROM challenge_secrets WHERE challenge_id IN (SELECT id FROM challenges WHERE email = ?)`},
	{"email", `DELETE FROM challenges WHERE email = ?`},
	{"email", `DELETE FROM outbox WHERE recipient = ?`},
	{"email", `DELETE FROM bounced WHERE email = ?`},
	{"id", `DELETE FROM device_codes WHERE user_id = ?`},
	{"id", `DELETE FROM consents WHERE user_id = ?`},
	{"id", `DELETE FROM grants WHERE user_id = ?`},
	{"id", `DELETE FROM sessions WHERE user_id = ?`},
	{"id", `DELETE FROM users WHERE id = ?`},
}

// DeleteUser takes a person and what is held on them, and tells the applications
// that their sessions ended. addressRef is what stands for the address in the
// audit log, where only what happened stays. Ids are random, so the same person
// who comes again is another user. It returns idp.ErrNotFound if there is none.
func (s *Store) DeleteUser(ctx context.Context, userID, addressRef string, now time.Time) error {
	return wrap("delete user", s.tx(ctx, func(tx *gorm.DB) error {
		var email string
		// Sign-ins under way come first, as they do for those who finish one.
		err := tx.Exec(`UPDATE challenges SET state = 'cancelled' WHERE email = (SELECT u.email FROM users u WHERE u.id = ?)`, userID).Error
		if err != nil {
			return err
		}
		// Then nothing new is made in a name that is about to go.
		err = one(tx, &email, `UPDATE users SET disabled_at = CASE WHEN disabled_at = 0 THEN CAST(? AS BIGINT) ELSE disabled_at END WHERE id = ? RETURNING email`, ms(now), userID)
		if err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE sessions SET revoked_at = ?, revoke_reason = 'user deleted' WHERE user_id = ? AND revoked_at = 0`, ms(now), userID).Error; err != nil {
			return err
		}
		if _, err := endGrants(tx, now, "user deleted", `g.user_id = ?`, userID); err != nil {
			return err
		}
		for _, e := range erased {
			whose := userID
			if e.by == "email" {
				whose = email
			}
			if err := tx.Exec(e.query, whose).Error; err != nil {
				return err
			}
		}
		return forget(tx, userID, addressRef, now)
	}))
}

// forget blanks what the audit log knows of a person, and tells that it did: the
// chain accepts a blank only with that.
func forget(tx *gorm.DB, userID, addressRef string, now time.Time) error {
	const blank = `UPDATE audit_events SET ip = '', address_ref = '', erased_at = ? WHERE erased_at = 0 AND `
	named := tx.Exec(blank+`subject = ?`, ms(now), userID)
	if named.Error != nil {
		return named.Error
	}
	unnamed := tx.Exec(blank+`subject = '' AND address_ref = ? AND address_ref <> ''`, ms(now), addressRef)
	if unnamed.Error != nil {
		return unnamed.Error
	}
	return tell(tx, audit.Event{
		At: now, Name: audit.UserDeleted, Actor: audit.System, Subject: userID, Detail: audit.Detail("events", named.RowsAffected, "unnamed", unnamed.RowsAffected),
	})
}

// held are the tables that know a person, and what of them a person may have:
// everything but what proves or protects, and where administrators sit.
var held = []struct{ name, query, by string }{
	{"user", `SELECT id, email, name, locale, group_names, created_at, updated_at, last_login_at, disabled_at FROM users WHERE id = ?`, "id"},
	{"sessions", `SELECT id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr, ip, user_agent, revoked_at, revoke_reason FROM sessions WHERE user_id = ? ORDER BY id`, "id"},
	{"grants", `SELECT id, client_id, session_id, scopes, resources, claims, auth_time, amr, acr, created_at, last_used_at, expires_at, absolute_at, revoked_at, revoke_reason FROM grants WHERE user_id = ? ORDER BY id`, "id"},
	{"consents", `SELECT client_id, scopes, granted_at FROM consents c WHERE user_id = ? AND NOT ` + withdrawn + ` ORDER BY client_id`, "id"},
	{"devices", `SELECT id, client_id, scopes, ip, user_agent, state, created_at, expires_at FROM device_codes WHERE user_id = ? ORDER BY id`, "id"},
	{"sign_ins", `SELECT id, client_id, email, email_typed, ip, user_agent, locale, state, failures, sends, created_at, expires_at, approved_at, approved_by, session_id FROM challenges WHERE email = ? ORDER BY id`, "email"},
	{"letters", `SELECT id, template, client_id, recipient, locale, user_agent, asked_at, state, tries, accepted_at, server, reply, reason, refused_at FROM outbox WHERE recipient = ? ORDER BY id`, "email"},
	{"refused_mailbox", `SELECT email, reason, refused_at, tried_at, expires_at FROM bounced WHERE email = ?`, "email"},
	{"logout_notices", `SELECT id, client_id, session_id, state, created_at, delivered_at FROM logout_notices WHERE user_id = ? ORDER BY id`, "id"},
	{"audit_events", `SELECT id, at, name, actor, client_id, CASE WHEN actor LIKE 'admin:%' THEN '' ELSE ip END AS ip, request_id, result, detail FROM audit_events WHERE subject = ? ORDER BY id`, "id"},
}

// Held is everything that is held on a user, by table: rows of columns, times in
// Unix milliseconds. That it was asked for is told in the audit log first. It
// returns idp.ErrNotFound if there is no such user.
func (s *Store) Held(ctx context.Context, userID string, now time.Time) (map[string][]map[string]any, error) {
	out := make(map[string][]map[string]any, len(held))
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var email string
		if err := one(tx, &email, `SELECT email FROM users WHERE id = ?`, userID); err != nil {
			return err
		}
		if err := tell(tx, audit.Event{At: now, Name: audit.UserExported, Actor: audit.System, Subject: userID}); err != nil {
			return err
		}
		for _, h := range held {
			whose := userID
			if h.by == "email" {
				whose = email
			}
			rows := []map[string]any{}
			if err := tx.Raw(h.query, whose).Scan(&rows).Error; err != nil {
				return err
			}
			out[h.name] = rows
		}
		return nil
	})
	return out, wrap("export user", err)
}
