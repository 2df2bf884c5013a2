package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/magiclink"
)

// Disown cancels a challenge, ends the session that it made with the marks of known
// browsers that may have come of it, takes back what applications were allowed since,
// and fills the budgets of whoever asked until a time, in one transaction.
func (s *Store) Disown(ctx context.Context, challengeID string, pause []magiclink.Count, until, now time.Time) error {
	return wrap("disown sign-in", s.tx(ctx, func(tx *gorm.DB) error {
		// Budgets come before the challenge everywhere, so that nobody waits in a ring.
		for _, p := range pause {
			if err := tx.Exec(fillCounter, p.Key, ms(now), full, ms(until), full, ms(until), full, ms(until)).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec(`UPDATE challenges SET state = 'cancelled' WHERE id = ?`, challengeID).Error; err != nil {
			return err
		}
		// What was not sent yet is not worth sending.
		if err := tx.Exec(`UPDATE outbox SET expires_at = ? WHERE challenge_id = ? AND state IN ('queued', 'deferred')`, ms(now), challengeID).Error; err != nil {
			return err
		}
		made := `SELECT s.id FROM challenges c JOIN users u ON u.email = c.email JOIN sessions s ON s.user_id = u.id WHERE c.id = ? AND (s.challenge_id = c.id OR s.id = c.session_id)`
		err := tx.Exec(`UPDATE sessions SET revoked_at = ?, revoke_reason = 'disowned from the mail' WHERE revoked_at = 0 AND id IN (`+made+`)`,
			ms(now), challengeID).Error
		if err != nil {
			return err
		}
		taken := tx.Exec(allowedSince, challengeID)
		if taken.Error != nil {
			return taken.Error
		}
		if _, err := endGrants(tx, now, "session disowned", `g.session_id IN (`+made+`)`, challengeID); err != nil {
			return err
		}
		// Of one that nobody used, no browser has a mark: its owner keeps theirs.
		err = tx.Exec(`UPDATE users SET marks_from = ? WHERE email = (SELECT c.email FROM challenges c WHERE c.id = ? AND (c.approved_at > 0 OR c.link_used_at > 0))`,
			ms(now), challengeID).Error
		if err != nil {
			return err
		}
		e := audit.Event{At: now, Name: audit.LoginDisowned, Actor: audit.Unknown, Detail: audit.Detail("challenge", challengeID, "consents", taken.RowsAffected)}
		return selectEvent(ctx, ofChallenge, e, challengeID).run(tx)
	}))
}

// allowedSince takes back what was allowed since somebody came in by a challenge. No
// consent says in which session it was given: what the owner allowed meanwhile they
// are asked about once more.
const allowedSince = `DELETE FROM consents AS c WHERE NOT ` + withdrawn + ` AND EXISTS (SELECT 1 FROM challenges h JOIN users u ON u.email = h.email
	WHERE h.id = ? AND u.id = c.user_id AND (h.approved_at > 0 AND c.granted_at >= h.approved_at OR h.link_used_at > 0 AND c.granted_at >= h.link_used_at))`

// full is more than any budget allows.
const full = 1 << 30

const fillCounter = intoCounters + `(?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at, count1 = excluded.count1, ends1 = excluded.ends1,
		count2 = excluded.count2, ends2 = excluded.ends2, count3 = excluded.count3, ends3 = excluded.ends3`
