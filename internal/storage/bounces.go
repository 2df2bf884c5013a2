package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
)

// markOf is an expression for when the mailbox of an address sent a letter back;
// 0 if it did not, or if its owner signed in after that letter.
func markOf(email string) string {
	return `COALESCE((SELECT b.refused_at FROM bounced b WHERE b.email = ` + email + `
		AND b.refused_at > COALESCE((SELECT l.last_login_at FROM users l WHERE l.email = b.email), 0)), 0)`
}

// marksPause is how long a marked mailbox gets no letter after one.
const marksPause = 24 * time.Hour

// tryMarked reports whether a letter to a marked address may go out all the same,
// which one a day may; if not, it says why none does.
func tryMarked(tx *gorm.DB, email string, now time.Time) (why magiclink.Delivery, again bool, err error) {
	r := tx.Exec(`UPDATE bounced SET tried_at = ? WHERE email = ? AND tried_at <= ?`, ms(now), email, ms(now.Add(-marksPause)))
	if r.Error != nil || r.RowsAffected == 1 {
		return why, r.RowsAffected == 1, r.Error
	}
	var row struct {
		Reason    string
		RefusedAt int64
	}
	err = one(tx, &row, `SELECT reason, refused_at FROM bounced WHERE email = ?`, email)
	return magiclink.Delivery{State: magiclink.Refused, Reason: magiclink.Reason(row.Reason), RefusedAt: at(row.RefusedAt)}, false, err
}

// RecordBounce shows on the letter, if it still is there, that it came back or is
// late, and marks the address if its mailbox refused for good.
func (s *Store) RecordBounce(ctx context.Context, b magiclink.Bounce) error {
	letter := &step{query: `UPDATE outbox SET state = 'refused', reason = ?, reply = ?, refused_at = ?
		WHERE id = ? AND state IN ('queued', 'sending', 'deferred', 'accepted')`, args: []any{string(b.Reason), b.Status, ms(b.At), b.LetterID}}
	if b.Delayed {
		letter = &step{query: `UPDATE outbox SET reason = 'delayed', reply = ? WHERE id = ? AND state = 'accepted'`, args: []any{b.Status, b.LetterID}}
	}
	steps := []*step{letter}
	if !b.Delayed {
		steps = append(steps, failedForGood(ctx, b.LetterID, string(b.Reason), b.At))
	}
	if b.Mark {
		steps = append(steps, &step{query: insert("bounced", "email, reason, refused_at, tried_at, expires_at") + `
			ON CONFLICT (email) DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at, tried_at = excluded.tried_at, expires_at = excluded.expires_at
			WHERE excluded.refused_at > bounced.refused_at`,
			args: []any{b.Email, string(b.Reason), ms(b.WrittenAt), ms(b.At), ms(b.At.Add(marksKept))}})
	}
	return wrap("record bounce", s.together(ctx, durable, steps...))
}

// marksKept is how long an address stays marked that nobody asks about.
const marksKept = 90 * 24 * time.Hour

// Unbounce takes the mark off an address; idp.ErrNotFound if it has none.
func (s *Store) Unbounce(ctx context.Context, email string, now time.Time) error {
	return wrap("unmark address", s.tx(ctx, func(tx *gorm.DB) error {
		if err := once(tx, idp.ErrNotFound, `DELETE FROM bounced WHERE email = ?`, email); err != nil {
			return err
		}
		return selectEvent(ctx, ofAddress, audit.Event{At: now, Name: audit.MailUnmarked, Actor: audit.System}, email).run(tx)
	}))
}

var ofAddress = told{subject: `COALESCE(u.id, '')`, from: `(SELECT 1 AS n) o LEFT JOIN users u ON u.email = ?`}.statement()
