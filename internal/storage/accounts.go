package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
)

const accountColumns = userColumns + `, last_login_at`

type accountRow struct {
	ID, Email, Name, Locale                       string
	CreatedAt, UpdatedAt, DisabledAt, LastLoginAt int64
	GroupNames                                    string
}

func (r *accountRow) account() idp.Account {
	u := userRow{
		ID: r.ID, Email: r.Email, Name: r.Name, Locale: r.Locale, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, DisabledAt: r.DisabledAt,
		GroupNames: r.GroupNames,
	}
	return idp.Account{User: u.user(), LastLoginAt: at(r.LastLoginAt)}
}

// Account returns the user with an id or a canonical address, or idp.ErrNotFound.
func (s *Store) Account(ctx context.Context, idOrEmail string) (idp.Account, error) {
	var r accountRow
	err := idp.ErrNotFound
	if idOrEmail != "" {
		err = one(s.db.WithContext(ctx), &r, `SELECT `+accountColumns+` FROM users WHERE id = ? OR email = ?`, idOrEmail, idOrEmail)
	}
	return r.account(), wrap("find user", err)
}

// Accounts lists users in the order of their addresses.
func (s *Store) Accounts(ctx context.Context, q idp.AccountQuery) ([]idp.Account, error) {
	c, limit := &conditions{}, q.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	if q.Search != "" {
		like := `%` + escaped(q.Search) + `%`
		c.add(`(LOWER(email) LIKE LOWER(?) ESCAPE '\' OR LOWER(name) LIKE LOWER(?) ESCAPE '\')`, like, like)
	}
	if q.Disabled {
		c.add(`disabled_at > 0`)
	}
	if q.After != "" {
		c.add(`email > ?`, q.After)
	}
	var rows []accountRow
	err := s.db.WithContext(ctx).Raw(`SELECT `+accountColumns+` FROM users`+c.where()+` ORDER BY email LIMIT ?`, append(c.args, limit)...).Scan(&rows).Error
	out := make([]idp.Account, len(rows))
	for i := range rows {
		out[i] = rows[i].account()
	}
	return out, wrap("list users", err)
}

// EnableUser lets a disabled user sign in again. It returns idp.ErrNotFound if
// there is no such disabled user.
func (s *Store) EnableUser(ctx context.Context, userID string, now time.Time) error {
	return wrap("enable user", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrNotFound, `UPDATE users SET disabled_at = 0, updated_at = ? WHERE id = ? AND disabled_at > 0`, ms(now), userID)
		if err != nil {
			return err
		}
		return tell(tx, audit.Event{At: now, Name: audit.UserEnabled, Actor: audit.System, Subject: userID})
	}))
}

// SetUserGroups replaces the groups that an administrator put a user into. It
// returns idp.ErrConflict if they are not old any more.
func (s *Store) SetUserGroups(ctx context.Context, userID string, old, groups []string, now time.Time) error {
	return wrap("change groups", s.tx(ctx, func(tx *gorm.DB) error {
		err := once(tx, idp.ErrConflict, `UPDATE users SET group_names = ?, updated_at = ? WHERE id = ? AND group_names = ?`, list(groups), ms(now), userID, list(old))
		if err != nil {
			return err
		}
		e := audit.Event{At: now, Name: audit.UserGroupsChanged, Actor: audit.System, Subject: userID, Detail: audit.Detail("from", list(old), "to", list(groups))}
		return tell(tx, e)
	}))
}

// SessionOwner returns whose live session it is, or idp.ErrNotFound.
func (s *Store) SessionOwner(ctx context.Context, sessionID string, now time.Time) (userID string, err error) {
	err = s.row(ctx, `SELECT user_id FROM sessions WHERE id = ? AND revoked_at = 0 AND expires_at > ?`, []any{sessionID, ms(now)}, &userID)
	return userID, wrap("find session", err)
}
