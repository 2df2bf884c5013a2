package storage

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"idp/internal/audit"
)

// Epoch says what raising a restore epoch ended.
type Epoch struct {
	Number   int64     `json:"number"`
	RaisedAt time.Time `json:"raised_at"`
	Reason   string    `json:"reason"`

	Sessions   int64 `json:"sessions"`   // that stood
	Grants     int64 `json:"grants"`     // with their refresh and access tokens
	Challenges int64 `json:"challenges"` // with their links, codes and invitations
	Devices    int64 `json:"devices"`    // that waited for a person
	Letters    int64 `json:"letters"`    // that were to carry a link
}

// endings make everything that was made before an epoch worthless. What a person
// has in hand finds no row afterwards, or one that is revoked, whatever was or was
// not spent when the backup was made. Rows are deleted where they are of no other
// use, so that no clock can bring them back.
var endings = []struct {
	statement string
	timed     bool // it takes the time of the epoch
	count     func(*Epoch) *int64
}{
	{`UPDATE sessions SET revoked_at = ?, revoke_reason = 'restore epoch' WHERE revoked_at = 0`, true, func(e *Epoch) *int64 { return &e.Sessions }},
	{`UPDATE grants SET revoked_at = ?, revoke_reason = 'restore epoch' WHERE revoked_at = 0`, true, func(e *Epoch) *int64 { return &e.Grants }},
	{`DELETE FROM challenge_secrets`, false, func(*Epoch) *int64 { return new(int64) }},
	{`DELETE FROM challenges`, false, func(e *Epoch) *int64 { return &e.Challenges }},
	{`DELETE FROM device_codes`, false, func(e *Epoch) *int64 { return &e.Devices }},
	// Letters that carry no secret tell people what was done in their name.
	{`DELETE FROM outbox WHERE template = ''`, false, func(e *Epoch) *int64 { return &e.Letters }},
}

// epochTries is how often raising an epoch is tried anew when requests under way
// and it wait for each other.
const epochTries = 5

// RaiseEpoch makes every secret that was made so far dead, in one transaction:
// nobody is signed in after it. Clients, keys, people and what they consented to
// stay. Requests that write wait for it.
func (s *Store) RaiseEpoch(ctx context.Context, reason string, now time.Time) (e Epoch, err error) {
	for range epochTries {
		err = s.long(ctx, func(tx *gorm.DB) error {
			if _, err := s.alone(tx); err != nil {
				return err
			}
			e, err = s.raise(tx, reason, now)
			return err
		})
		if !inRing(err) {
			break
		}
	}
	return e, wrap("raise epoch", err)
}

// Outlives reports whether what was issued then is younger than the newest restore
// epoch, which is all that can be asked of something that has no row: idp.ErrNotFound
// if it is not.
func (s *Store) Outlives(ctx context.Context, issued time.Time) error {
	var one int64
	return wrap("ask for the restore epoch", s.row(ctx, `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM epochs WHERE raised_at >= ?)`, []any{ms(issued)}, &one))
}

// raise belongs into a transaction that nobody else writes beside.
func (s *Store) raise(tx *gorm.DB, reason string, now time.Time) (Epoch, error) {
	e := Epoch{RaisedAt: now, Reason: reason}
	if err := one(tx, &e.Number, `SELECT COALESCE(MAX(number), 0) + 1 FROM epochs`); err != nil {
		return e, err
	}
	if err := tx.Exec(insert("epochs", "number, raised_at, reason"), e.Number, ms(now), reason).Error; err != nil {
		return e, err
	}
	for _, end := range endings {
		var args []any
		if end.timed {
			args = append(args, ms(now))
		}
		r := tx.Exec(end.statement, args...)
		if r.Error != nil {
			return e, r.Error
		}
		*end.count(&e) = r.RowsAffected
	}
	return e, tell(tx, audit.Event{At: now, Name: audit.EpochRaised, Actor: audit.System, Detail: audit.Detail("epoch", e.Number)})
}

// inRing reports whether the database ended a transaction because it and another
// waited for each other.
func inRing(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == "40P01"
}
