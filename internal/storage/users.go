package storage

import (
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/secret"
)

type userRow struct {
	ID, Email, Name, Locale          string
	CreatedAt, UpdatedAt, DisabledAt int64
	GroupNames                       string
	MarksFrom                        int64
}

const userColumns = `id, email, name, locale, created_at, updated_at, disabled_at, group_names, marks_from`

// into lists the places of userColumns.
func (r *userRow) into() []any {
	return []any{&r.ID, &r.Email, &r.Name, &r.Locale, &r.CreatedAt, &r.UpdatedAt, &r.DisabledAt, &r.GroupNames, &r.MarksFrom}
}

func (r *userRow) user() idp.User {
	return idp.User{
		ID: r.ID, Email: r.Email, Name: r.Name, Locale: r.Locale,
		CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt), DisabledAt: at(r.DisabledAt), Groups: unlist(r.GroupNames),
	}
}

// marksFrom is when the user's marks of known browsers must have been made at the
// earliest: somebody who had the address before has none.
func (r *userRow) marksFrom() time.Time { return at(max(r.CreatedAt, r.MarksFrom)) }

// upsertUser returns the user of a proven address and makes one if there is
// none. It is only ever called with a proof in hand.
func upsertUser(tx *gorm.DB, email, locale string, now time.Time) (row userRow, err error) {
	err = one(tx, &row, insert("users", "id, email, locale, created_at, updated_at, last_login_at")+`
		ON CONFLICT (email) DO UPDATE SET last_login_at = excluded.last_login_at RETURNING `+userColumns,
		secret.NewSubject("usr_"), email, locale, ms(now), ms(now), ms(now))
	return row, err
}
