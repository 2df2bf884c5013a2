package storage

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
)

type grantRow struct {
	ID, ClientID, UserID, SessionID, Scopes, Resources, Amr, Acr           string
	AuthTime, CreatedAt, LastUsedAt, ExpiresAt, AbsoluteAt                 int64
	RefreshSalt                                                            string
	Generation, RotatedAt, RevokedAt                                       int64
	KeyHash, Claims, RevokeReason                                          string
	Email, Name, Locale, GroupNames                                        string
	UserCreatedAt, UserUpdatedAt, DisabledAt, SessionEnd, SessionRevokedAt int64
}

// A grant is read with its user, and a list of them with the ends of their
// sessions, in one statement.
const (
	grantColumns = `g.id, g.client_id, g.user_id, g.session_id, g.scopes, g.resources, g.amr, g.acr, g.auth_time, g.created_at, g.last_used_at,
		g.expires_at, g.absolute_at, g.refresh_salt, g.generation, g.rotated_at, g.revoked_at, g.revoke_reason, g.key_hash, g.claims,
		u.email, u.name, u.locale, u.created_at AS user_created_at, u.updated_at AS user_updated_at, u.disabled_at, u.group_names`
	selectGrant  = `SELECT ` + grantColumns + ` FROM grants g JOIN users u ON u.id = g.user_id WHERE g.id = ?`
	selectGrants = `SELECT ` + grantColumns + `, COALESCE(s.expires_at, 0) AS session_end, COALESCE(s.revoked_at, 0) AS session_revoked_at
		FROM grants g JOIN users u ON u.id = g.user_id LEFT JOIN sessions s ON s.id = g.session_id `
)

// into lists the places of grantColumns.
func (r *grantRow) into() []any {
	return []any{
		&r.ID, &r.ClientID, &r.UserID, &r.SessionID, &r.Scopes, &r.Resources, &r.Amr, &r.Acr, &r.AuthTime, &r.CreatedAt, &r.LastUsedAt,
		&r.ExpiresAt, &r.AbsoluteAt, &r.RefreshSalt, &r.Generation, &r.RotatedAt, &r.RevokedAt, &r.RevokeReason, &r.KeyHash, &r.Claims,
		&r.Email, &r.Name, &r.Locale, &r.UserCreatedAt, &r.UserUpdatedAt, &r.DisabledAt, &r.GroupNames,
	}
}

func (r *grantRow) grant() idp.Grant {
	return idp.Grant{
		ID: r.ID, ClientID: r.ClientID, UserID: r.UserID, SessionID: r.SessionID, Scopes: unlist(r.Scopes), Resources: unlist(r.Resources), AMR: unlist(r.Amr), ACR: r.Acr,
		AuthTime: at(r.AuthTime), CreatedAt: at(r.CreatedAt), LastUsedAt: at(r.LastUsedAt), ExpiresAt: at(r.ExpiresAt), AbsoluteAt: at(r.AbsoluteAt),
		RefreshSalt: r.RefreshSalt, Generation: r.Generation, RotatedAt: at(r.RotatedAt), RevokedAt: at(r.RevokedAt), RevokeReason: r.RevokeReason,
		KeyHash: r.KeyHash, Claims: unlist(r.Claims),
	}
}

func (r *grantRow) user() idp.User {
	return idp.User{ID: r.UserID, Email: r.Email, Name: r.Name, Locale: r.Locale, CreatedAt: at(r.UserCreatedAt), UpdatedAt: at(r.UserUpdatedAt), DisabledAt: at(r.DisabledAt), Groups: unlist(r.GroupNames)}
}

// stands reports whether the people behind the grant still stand: an enabled
// user and, unless the grant was asked to outlive it, a session that was not
// ended.
func (r *grantRow) stands(g *idp.Grant, now time.Time) bool {
	if r.DisabledAt != 0 || r.RevokedAt != 0 {
		return false
	}
	return g.Offline() || r.SessionEnd > ms(now) && r.SessionRevokedAt == 0
}

// RedeemCode turns an authorization code into its grant. g carries everything
// but what the user's session knows, which is filled in. The grant's id is the
// single use: if it exists, the code was redeemed before, so that grant is
// revoked (RFC 6749 §4.1.2) and idp.ErrUsed returned. A session or user that no
// longer stands, or one that took everything from the client since the code was
// made, is idp.ErrRevoked; a grant that the code gave before ends then too, because
// this may be its second redemption.
func (s *Store) RedeemCode(ctx context.Context, g idp.Grant, now time.Time) (idp.Grant, idp.User, error) {
	var authTime int64
	var amr string
	made := &step{query: redeemCode + s.dialect.ofStanding + ifNew, into: []any{&authTime, &amr, &g.ACR}, args: []any{
		g.ID, g.ClientID, list(g.Scopes), list(g.Resources), ms(g.CreatedAt), ms(g.LastUsedAt), ms(g.ExpiresAt), ms(g.AbsoluteAt), g.RefreshSalt, g.Generation,
		ms(g.RotatedAt), g.KeyHash, list(g.Claims), g.SessionID, g.UserID, ms(now), g.ClientID, ms(g.AskedAt()),
	}}
	var r userRow
	user := &step{query: `SELECT ` + userColumns + ` FROM users WHERE id = ?` + s.dialect.toPerson, args: []any{g.UserID}, into: r.into()}
	given := selectEvent(ctx, ofGrant, audit.Event{At: now, Name: audit.GrantGiven, Detail: audit.Detail("grant", g.ID, "session", g.SessionID)}, g.ID, ms(g.CreatedAt))
	if err := s.jointly(ctx, durable, user, made, given); err != nil { // the user in front: a statement sees what was committed before it begins
		return g, idp.User{}, wrap("redeem code", err)
	}
	if !made.found {
		return g, idp.User{}, wrap("redeem code", s.redeemRefusal(ctx, g.ID, now))
	}
	g.AuthTime, g.AMR = at(authTime), unlist(amr)
	return g, r.user(), nil
}

// redeemCode takes who signed in, when and how from the session, if that stands. Whoever
// ends the session meanwhile waits, and then finds the grant.
const redeemCode = `INSERT INTO grants (id, client_id, user_id, session_id, scopes, resources, amr, acr, auth_time, created_at, last_used_at, expires_at,
		absolute_at, refresh_salt, generation, rotated_at, key_hash, claims)
	SELECT ?, ?, s.user_id, s.id, ?, ?, s.amr, s.acr, s.auth_time, ?, ?, ?, ?, ?, ?, ?, ?, ?
	FROM sessions s JOIN users u ON u.id = s.user_id
	WHERE s.id = ? AND s.user_id = ? AND s.revoked_at = 0 AND s.expires_at > ? AND u.disabled_at = 0
		AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.user_id = s.user_id AND c.client_id = ? AND ` + withdrawn + ` AND c.granted_at >= ?)`

// withdrawn holds for a consent c that was taken back, and keeps when: codes from
// before have no row that could be ended. Nobody allows nothing, so such a row is no
// other consent, and the next yes takes its place.
const withdrawn = `c.scopes = ''`

const ifNew = ` ON CONFLICT (id) DO NOTHING RETURNING auth_time, amr, acr`

// ofGrant tells of a grant that was made at a time, ofEndedGrant of one that was
// revoked then.
var (
	ofGrant      = told{subject: `g.user_id`, client: `g.client_id`, from: `grants g WHERE g.id = ? AND g.created_at = ? AND g.revoked_at = 0`}.statement()
	ofEndedGrant = told{actor: `g.client_id`, subject: `g.user_id`, client: `g.client_id`, from: `grants g WHERE g.id = ? AND g.revoked_at = ?`}.statement()
)

// ended tells why a grant was revoked.
func ended(ctx context.Context, id, reason string, now time.Time) *step {
	e := audit.Event{At: now, Name: audit.GrantRevoked, Result: strings.ReplaceAll(reason, " ", "_"), Detail: audit.Detail("grant", id)}
	if strings.HasSuffix(reason, usedTwice) {
		e.Name = audit.GrantReplayed
	}
	return selectEvent(ctx, ofEndedGrant, e, id, ms(now))
}

// usedTwice is how the reasons end that a replay gives.
const usedTwice = "used twice"

// redeemRefusal says why a code gave no grant, and ends the one that it gave
// before, if there is one.
func (s *Store) redeemRefusal(ctx context.Context, grantID string, now time.Time) error {
	revoked := &step{query: `UPDATE grants SET revoked_at = CASE WHEN revoked_at = 0 THEN ? ELSE revoked_at END, revoke_reason = CASE WHEN revoked_at = 0 THEN 'code used twice' ELSE revoke_reason END
		WHERE id = ?`, args: []any{ms(now), grantID}}
	err := s.together(ctx, durable, revoked, ended(ctx, grantID, "code used twice", now))
	switch {
	case err != nil:
		return err
	case revoked.changed == 0:
		return idp.ErrRevoked
	default:
		return idp.ErrUsed
	}
}

// Grant returns a grant whose user and session still stand, with the user. It
// returns idp.ErrNotFound if there is none and idp.ErrRevoked, with the grant,
// if it no longer stands. Expiry is the caller's to judge.
func (s *Store) Grant(ctx context.Context, id string, now time.Time) (idp.Grant, idp.User, error) {
	if id == "" {
		return idp.Grant{}, idp.User{}, idp.ErrNotFound
	}
	var r grantRow
	if err := s.glance(ctx, selectGrant, []any{id}, r.into()...); err != nil {
		return idp.Grant{}, idp.User{}, wrap("read grant", err)
	}
	g := r.grant()
	if !g.Offline() { // a refresh, which comes a hundred times as often, spares this
		err := s.glance(ctx, `SELECT expires_at, revoked_at FROM sessions WHERE id = ?`, []any{g.SessionID}, &r.SessionEnd, &r.SessionRevokedAt)
		if err != nil && !errors.Is(err, idp.ErrNotFound) {
			return idp.Grant{}, idp.User{}, wrap("read grant", err)
		}
	}
	if !r.stands(&g, now) {
		return g, r.user(), wrap("read grant", idp.ErrRevoked)
	}
	return g, r.user(), nil
}

// Backing reads what an access token needs of its grant, which is less than half
// of it and asked a hundred times as often. The session is looked at only if the
// grant does not outlive it; offline says that the token itself shows that. It
// returns idp.ErrNotFound unless grant, user and session all stand.
func (s *Store) Backing(ctx context.Context, grantID string, offline bool, now time.Time) (idp.Backing, error) {
	if grantID == "" {
		return idp.Backing{}, idp.ErrNotFound
	}
	query, args := selectBacking, []any{grantID}
	if !offline {
		query, args = selectBacking+andSession, []any{grantID, ms(now)}
	}
	var b idp.Backing
	var authTime, created, updated int64
	var amr, claims, groups string
	if err := s.glance(ctx, query, args, &b.ClientID, &authTime, &amr, &claims, &b.User.ID, &b.User.Email, &b.User.Name, &b.User.Locale, &created, &updated, &groups); err != nil {
		return idp.Backing{}, wrap("read what backs a token", err)
	}
	b.AuthTime, b.AMR, b.Claims = at(authTime), unlist(amr), unlist(claims)
	b.User.CreatedAt, b.User.UpdatedAt, b.User.Groups = at(created), at(updated), unlist(groups)
	return b, nil
}

const (
	selectBacking = `SELECT g.client_id, g.auth_time, g.amr, g.claims, u.id, u.email, u.name, u.locale, u.created_at, u.updated_at, u.group_names
		FROM grants g JOIN users u ON u.id = g.user_id WHERE g.id = ? AND g.revoked_at = 0 AND u.disabled_at = 0`
	andSession = ` AND (' ' || g.scopes || ' ' LIKE '% offline!_access %' ESCAPE '!'
		OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session_id AND s.revoked_at = 0 AND s.expires_at > ?))`
)

// AdvanceGrant records a refresh: the generation moves from g.Generation to
// next (the same, if the token stays) and the idle life starts anew. It returns
// idp.ErrConflict if another refresh or a revocation was first.
func (s *Store) AdvanceGrant(ctx context.Context, g idp.Grant, next int64, expires, now time.Time) error {
	st := &step{query: `UPDATE grants SET generation = ?, last_used_at = ?, expires_at = ?,
			rotated_at = CASE WHEN generation = ? THEN rotated_at ELSE ? END
		WHERE id = ? AND client_id = ? AND generation = ? AND revoked_at = 0 AND expires_at > ? AND absolute_at > ?`,
		args: []any{next, ms(now), ms(expires), next, ms(now), g.ID, g.ClientID, g.Generation, ms(now), ms(now)}}
	err := s.jointly(ctx, durable, st)
	if err == nil && st.changed != 1 {
		err = idp.ErrConflict
	}
	return wrap("refresh grant", err)
}

// RevokeGrant ends a grant: its access tokens and its refresh token are dead at
// once. Revoking twice, or nothing, is no error.
func (s *Store) RevokeGrant(ctx context.Context, id, reason string, now time.Time) error {
	return wrap("revoke grant", s.together(ctx, durable,
		&step{query: `UPDATE grants SET revoked_at = ?, revoke_reason = ? WHERE id = ? AND revoked_at = 0`, args: []any{ms(now), reason, id}},
		ended(ctx, id, reason, now)))
}

// mostGrants is how many of a person's grants are listed.
const mostGrants = 500

// shownGrants are the live grants of a user, as grantRow.stands judges them: of each
// application the newest first, then the second of each, and so on. However many one
// application has, it hides no other's.
const shownGrants = `SELECT id FROM (
	SELECT g.id, g.created_at, ROW_NUMBER() OVER (PARTITION BY g.client_id ORDER BY g.created_at DESC, g.id DESC) AS place
	FROM grants g JOIN users u ON u.id = g.user_id LEFT JOIN sessions s ON s.id = g.session_id
	WHERE g.user_id = ? AND ` + aliveGrant + ` AND u.disabled_at = 0
		AND (' ' || g.scopes || ' ' LIKE '% offline_access %' OR (s.revoked_at = 0 AND s.expires_at > ?))
) shown ORDER BY place, created_at DESC LIMIT ?`

// UserGrants lists the applications' live grants of a user, the newest first. Of more
// than 500 the older ones of applications that have several are left out.
func (s *Store) UserGrants(ctx context.Context, userID string, now time.Time) ([]idp.Grant, error) {
	var rows []grantRow
	err := s.db.WithContext(ctx).Raw(selectGrants+`WHERE g.id IN (`+shownGrants+`) ORDER BY g.created_at DESC`,
		userID, ms(now), ms(now), ms(now), mostGrants).Scan(&rows).Error
	out := make([]idp.Grant, 0, len(rows))
	for _, r := range rows {
		if g := r.grant(); r.stands(&g, now) {
			out = append(out, g)
		}
	}
	return out, wrap("list grants", err)
}

// Disconnect takes everything from a client that the user gave it: the consent, all
// grants, and what waits to become one, which are devices that were allowed and codes.
// A redemption that is under way comes first, and what it made is taken.
// It tells of what there was to take: whoever presses the button again, or makes a
// name up, writes nothing into the audit log.
func (s *Store) Disconnect(ctx context.Context, userID, clientID string, now time.Time) error {
	return wrap("disconnect application", s.tx(ctx, func(tx *gorm.DB) error {
		var allowed int64
		devices := &step{query: `UPDATE device_codes SET state = 'denied' WHERE user_id = ? AND client_id = ? AND state = 'approved'`, args: []any{userID, clientID}}
		grants := &step{query: `UPDATE grants SET revoked_at = ?, revoke_reason = 'disconnected by the user' WHERE user_id = ? AND client_id = ? AND revoked_at = 0`,
			args: []any{ms(now), userID, clientID}}
		for _, st := range []*step{
			{query: `SELECT id FROM users WHERE id = ?` + s.dialect.fromPerson, args: []any{userID}, into: []any{new(string)}},
			devices,
			{query: `SELECT COUNT(*) FROM consents c WHERE c.user_id = ? AND c.client_id = ? AND NOT ` + withdrawn, args: []any{userID, clientID}, into: []any{&allowed}},
			{query: withdraw, args: []any{userID, clientID, ms(now), userID, clientID, userID, clientID}},
			grants,
		} {
			if err := st.run(tx); err != nil {
				return err
			}
		}
		if devices.changed+allowed+grants.changed == 0 {
			return nil
		}
		return tell(tx, audit.Event{At: now, Name: audit.ConsentWithdrawn, Subject: userID, Client: clientID})
	}))
}

// withdraw leaves a row only where there was something to take back, so that nobody
// fills the table with names of clients.
const withdraw = `INSERT INTO consents (user_id, client_id, scopes, granted_at)
	SELECT CAST(? AS TEXT), CAST(? AS TEXT), '', CAST(? AS BIGINT)
	WHERE EXISTS (SELECT 1 FROM grants g WHERE g.user_id = ? AND g.client_id = ?) OR EXISTS (SELECT 1 FROM consents c WHERE c.user_id = ? AND c.client_id = ?)
	ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at`

// UserConsents lists what a user allows applications, the newest first.
func (s *Store) UserConsents(ctx context.Context, userID string) ([]idp.Allowed, error) {
	var rows []struct {
		ClientID, Scopes string
		GrantedAt        int64
	}
	err := s.db.WithContext(ctx).Raw(`SELECT c.client_id, c.scopes, c.granted_at FROM consents c WHERE c.user_id = ? AND NOT `+withdrawn+`
		ORDER BY c.granted_at DESC, c.client_id LIMIT 500`, userID).Scan(&rows).Error
	out := make([]idp.Allowed, 0, len(rows))
	for _, r := range rows {
		out = append(out, idp.Allowed{ClientID: r.ClientID, Consent: idp.Consent{Scopes: unlist(r.Scopes), GrantedAt: at(r.GrantedAt)}})
	}
	return out, wrap("list consents", err)
}

// SaveConsent records what the user allows a client from now on.
func (s *Store) SaveConsent(ctx context.Context, userID, clientID string, c idp.Consent) error {
	return wrap("save consent", s.together(ctx, durable,
		&step{query: saveConsent, args: []any{userID, clientID, list(c.Scopes), ms(c.GrantedAt)}},
		eventStep(ctx, audit.Event{At: c.GrantedAt, Name: audit.ConsentGiven, Subject: userID, Client: clientID, Detail: audit.Detail("scopes", list(c.Scopes))})))
}

var saveConsent = insert("consents", "user_id, client_id, scopes, granted_at") + `
	ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at`
