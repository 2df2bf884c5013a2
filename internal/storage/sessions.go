package storage

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/secret"
)

type sessionRow struct {
	ID, UserID                                             string
	CreatedAt, LastSeenAt, ExpiresAt, AbsoluteAt, AuthTime int64
	Amr, Acr, IP, UserAgent                                string
	RevokedAt                                              int64
}

const sessionColumns = `id, user_id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr, ip, user_agent, revoked_at`

func (r *sessionRow) session() idp.Session {
	return idp.Session{
		ID: r.ID, UserID: r.UserID, CreatedAt: at(r.CreatedAt), LastSeenAt: at(r.LastSeenAt), ExpiresAt: at(r.ExpiresAt),
		AbsoluteAt: at(r.AbsoluteAt), AuthTime: at(r.AuthTime), AMR: unlist(r.Amr), ACR: r.Acr, IP: r.IP, UserAgent: r.UserAgent,
		RevokedAt: at(r.RevokedAt),
	}
}

func insertSession(tx *gorm.DB, s idp.Session, hash secret.Hash, challengeID string) error {
	return tx.Exec(insert("sessions", "token_hash, challenge_id, "+sessionColumns),
		string(hash), challengeID, s.ID, s.UserID, ms(s.CreatedAt), ms(s.LastSeenAt), ms(s.ExpiresAt), ms(s.AbsoluteAt), ms(s.AuthTime),
		list(s.AMR), s.ACR, s.IP, s.UserAgent, ms(s.RevokedAt)).Error
}

// signedInRow is a session with its user and a consent.
type signedInRow struct {
	ID, UserID, Amr, Acr, IP, UserAgent                    string
	CreatedAt, LastSeenAt, ExpiresAt, AbsoluteAt, AuthTime int64
	Email, Name, Locale, ConsentScopes, GroupNames         string
	UserCreatedAt, UserUpdatedAt, ConsentAt                int64
}

func (r *signedInRow) signedIn() *idp.SignedIn {
	return &idp.SignedIn{
		Session: idp.Session{
			ID: r.ID, UserID: r.UserID, CreatedAt: at(r.CreatedAt), LastSeenAt: at(r.LastSeenAt), ExpiresAt: at(r.ExpiresAt),
			AbsoluteAt: at(r.AbsoluteAt), AuthTime: at(r.AuthTime), AMR: unlist(r.Amr), ACR: r.Acr, IP: r.IP, UserAgent: r.UserAgent,
		},
		User: idp.User{
			ID: r.UserID, Email: r.Email, Name: r.Name, Locale: r.Locale, CreatedAt: at(r.UserCreatedAt), UpdatedAt: at(r.UserUpdatedAt),
			Groups: unlist(r.GroupNames),
		},
		Consent: idp.Consent{Scopes: unlist(r.ConsentScopes), GrantedAt: at(r.ConsentAt)},
	}
}

// SignedIn returns the live session of a cookie, its user, and what the user
// allowed clientID: one statement, the whole cost of single sign-on. It returns
// idp.ErrNotFound if nobody is signed in.
func (s *Store) SignedIn(ctx context.Context, session secret.Hash, clientID string, now time.Time) (*idp.SignedIn, error) {
	if session == "" {
		return nil, idp.ErrNotFound
	}
	var r signedInRow
	err := s.glance(ctx, `SELECT s.id, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.absolute_at, s.auth_time, s.amr,
			s.acr, s.ip, s.user_agent, u.email, u.name, u.locale, u.created_at, u.updated_at, COALESCE(c.scopes, ''), COALESCE(c.granted_at, 0), u.group_names
		FROM sessions s JOIN users u ON u.id = s.user_id
			LEFT JOIN consents c ON c.user_id = s.user_id AND c.client_id = ? AND NOT `+withdrawn+`
		WHERE s.token_hash = ? AND s.revoked_at = 0 AND s.expires_at > ? AND u.disabled_at = 0`,
		[]any{clientID, string(session), ms(now)},
		&r.ID, &r.UserID, &r.CreatedAt, &r.LastSeenAt, &r.ExpiresAt, &r.AbsoluteAt, &r.AuthTime, &r.Amr,
		&r.Acr, &r.IP, &r.UserAgent, &r.Email, &r.Name, &r.Locale, &r.UserCreatedAt, &r.UserUpdatedAt, &r.ConsentScopes, &r.ConsentAt, &r.GroupNames)
	if err != nil {
		return nil, wrap("read session", err)
	}
	return r.signedIn(), nil
}

// TouchSession moves the sliding end of a session; expires must not lie behind
// its absolute end. Two requests at once do it once.
func (s *Store) TouchSession(ctx context.Context, id string, seenBefore, now, expires time.Time) error {
	err := s.db.WithContext(ctx).Exec(`UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE id = ? AND revoked_at = 0 AND last_seen_at = ?`,
		ms(now), ms(expires), id, ms(seenBefore)).Error
	return wrap("touch session", err)
}

// Sessions lists a user's live sessions, the last used first.
func (s *Store) Sessions(ctx context.Context, userID string, now time.Time) ([]idp.Session, error) {
	var rows []sessionRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+sessionColumns+` FROM sessions
		WHERE user_id = ? AND revoked_at = 0 AND expires_at > ? AND NOT `+overWithGrant+` ORDER BY last_seen_at DESC, id`,
		userID, ms(now), ms(now), ms(now)).Scan(&rows).Error
	out := make([]idp.Session, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.session())
	}
	return out, wrap("list sessions", err)
}

// overWithGrant holds for a session that was made for one grant, which has its id under
// another prefix, when that is over. No browser has its token, so nobody is signed in.
const overWithGrant = `EXISTS (SELECT 1 FROM grants g WHERE g.id = '` + idp.GrantPrefix + `' || SUBSTR(sessions.id, 5) AND g.session_id = sessions.id AND NOT (` + aliveGrant + `))`

// endedBy is the reason that a session keeps for its end.
func endedBy(ctx context.Context) string {
	if strings.HasPrefix(audit.From(ctx).Actor, audit.AdminPrefix) {
		return "ended by an administrator"
	}
	return "ended by the user"
}

// EndSession ends one session of a user and every grant that came from it, and
// stores the notices for its clients: whoever ends a device from the account page
// wants it gone. It returns
// idp.ErrNotFound if the user has no such live session.
func (s *Store) EndSession(ctx context.Context, userID, sessionID string, now time.Time) error {
	return wrap("end session", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound, `UPDATE sessions SET revoked_at = ?, revoke_reason = ? WHERE id = ? AND user_id = ? AND revoked_at = 0`,
			ms(now), endedBy(ctx), sessionID, userID)
		if err != nil {
			return err
		}
		if err := tell(tx, audit.Event{At: now, Name: audit.SessionEnded, Subject: userID, Detail: audit.Detail("session", sessionID)}); err != nil {
			return err
		}
		_, err = endGrants(tx, now, "session "+endedBy(ctx), `g.session_id = ?`, sessionID)
		return err
	}))
}

// EndOtherSessions is EndSession for all sessions of the user but one, or all of
// them if keepID is "". It
// returns how many it ended.
func (s *Store) EndOtherSessions(ctx context.Context, userID, keepID string, now time.Time) (ended int64, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		const end = `UPDATE sessions SET revoked_at = ?, revoke_reason = ? WHERE user_id = ? AND id <> ? AND revoked_at = 0`
		live := tx.Exec(end+` AND expires_at > ?`, ms(now), endedBy(ctx), userID, keepID, ms(now))
		if ended = live.RowsAffected; live.Error != nil {
			return live.Error
		}
		// Those that are over by themselves end for every clock, and count for nothing.
		if err := tx.Exec(end, ms(now), endedBy(ctx), userID, keepID).Error; err != nil {
			return err
		}
		// Those that were to outlive their sessions stand when no session does.
		grants, err := endGrants(tx, now, "session "+endedBy(ctx), `g.user_id = ? AND g.session_id <> ?`, userID, keepID)
		if err != nil || ended == 0 && grants == 0 {
			return err
		}
		return tell(tx, audit.Event{At: now, Name: audit.SessionAllEnded, Subject: userID, Detail: audit.Detail("grants", grants, "kept", keepID, "sessions", ended)})
	})
	return ended, wrap("end other sessions", err)
}
