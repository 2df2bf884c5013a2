package storage

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

type challengeRow struct {
	ID, Flow, ClientID, Email, EmailTyped, BrowserHash string
	IP, UserAgent, Locale, Number, State               string
	Failures, Sends                                    int
	NextSendAt, CreatedAt, ExpiresAt                   int64
	LinkUsedAt, ApprovedAt                             int64
	ApprovedBy, SessionID                              string
}

const challengeColumns = `id, flow, client_id, email, email_typed, browser_hash, ip, user_agent, locale, number, state,
	failures, sends, next_send_at, created_at, expires_at, link_used_at, approved_at, approved_by, session_id`

func (r *challengeRow) challenge() magiclink.Challenge {
	return magiclink.Challenge{
		ID: r.ID, Flow: r.Flow, ClientID: r.ClientID, Email: r.Email, EmailTyped: r.EmailTyped,
		Browser: secret.Hash(r.BrowserHash), IP: r.IP, UserAgent: r.UserAgent, Locale: r.Locale, Number: r.Number,
		State: magiclink.State(r.State), Failures: r.Failures, Sends: r.Sends, NextSendAt: at(r.NextSendAt),
		CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt), LinkUsedAt: at(r.LinkUsedAt),
		ApprovedAt: at(r.ApprovedAt), ApprovedBy: magiclink.Method(r.ApprovedBy), SessionID: r.SessionID,
	}
}

// CreateChallenge counts the request against its budgets and stores the
// challenge and its letter. At a limit it returns *idp.LimitedError and leaves
// no trace.
func (s *Store) CreateChallenge(ctx context.Context, c magiclink.Challenge, l magiclink.Letter, counts []magiclink.Count) error {
	return wrap("create challenge", s.tx(ctx, func(tx *gorm.DB) error {
		if err := count(tx, counts, c.CreatedAt); err != nil {
			return err
		}
		err := tx.Exec(insert("challenges", challengeColumns),
			c.ID, c.Flow, c.ClientID, c.Email, c.EmailTyped, string(c.Browser), c.IP, c.UserAgent, c.Locale, c.Number, string(c.State),
			c.Failures, c.Sends, ms(c.NextSendAt), ms(c.CreatedAt), ms(c.ExpiresAt), ms(c.LinkUsedAt), ms(c.ApprovedAt), string(c.ApprovedBy), c.SessionID).Error
		if err != nil {
			return err
		}
		return insertLetter(tx, l)
	}))
}

// Challenge returns idp.ErrNotFound if there is none of this id.
func (s *Store) Challenge(ctx context.Context, id string) (magiclink.Challenge, error) {
	var row challengeRow
	err := one(s.db.WithContext(ctx), &row, `SELECT `+challengeColumns+` FROM challenges WHERE id = ?`, id)
	return row.challenge(), wrap("read challenge", err)
}

// Status returns a challenge with its newest mail. Tries is the number of wrong
// codes that the newest live code has seen.
func (s *Store) Status(ctx context.Context, id string, now time.Time) (magiclink.Status, error) {
	var st magiclink.Status
	db := s.db.WithContext(ctx)
	var row challengeRow
	if err := one(db, &row, `SELECT `+challengeColumns+` FROM challenges WHERE id = ?`, id); err != nil {
		return st, wrap("read status", err)
	}
	st.Challenge = row.challenge()
	var letter letterRow
	if err := one(db, &letter, `SELECT `+letterColumns+` FROM outbox WHERE challenge_id = ? ORDER BY asked_at DESC, id DESC LIMIT 1`, id); err != nil {
		return st, wrap("read status", err)
	}
	st.Delivery = letter.delivery()
	secrets, err := liveSecrets(db, id, now)
	if err != nil {
		return st, wrap("read status", err)
	}
	if len(secrets) > 0 {
		st.CodeEnds, st.Tries = secrets[0].ExpiresAt, secrets[0].Failures
	}
	return st, nil
}

// Resend stores another letter, once per pause: the UPDATE's condition decides.
func (s *Store) Resend(ctx context.Context, r magiclink.Resend) error {
	return wrap("resend", s.tx(ctx, func(tx *gorm.DB) error {
		if err := count(tx, r.Counts, r.Now); err != nil {
			return err
		}
		var c challengeRow
		err := one(tx, &c, `UPDATE challenges SET sends = sends + 1
			WHERE id = ? AND browser_hash = ? AND sends < ? AND next_send_at <= ? AND expires_at > ? AND state <> 'approved'
			RETURNING `+challengeColumns, r.ChallengeID, string(r.Browser), r.MaxSends, ms(r.Now), ms(r.Now))
		if errors.Is(err, idp.ErrNotFound) {
			return s.resendRefusal(tx, r)
		}
		if err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE challenges SET next_send_at = ? WHERE id = ?`, ms(r.NextSendAt(c.Sends)), c.ID).Error; err != nil {
			return err
		}
		return insertLetter(tx, r.Letter)
	}))
}

// resendRefusal says why a resend changed nothing.
func (s *Store) resendRefusal(tx *gorm.DB, r magiclink.Resend) error {
	var row challengeRow
	if err := one(tx, &row, `SELECT `+challengeColumns+` FROM challenges WHERE id = ?`, r.ChallengeID); err != nil {
		return err
	}
	c := row.challenge()
	switch {
	case c.Browser != r.Browser:
		return idp.ErrForeignBrowser
	case c.State == magiclink.Approved:
		return idp.ErrUsed
	case c.Expired(r.Now):
		return idp.ErrExpired
	case c.Sends >= r.MaxSends:
		return &idp.LimitedError{Limit: "sends_per_challenge", RetryAt: c.ExpiresAt}
	default:
		return &idp.LimitedError{Limit: "resend_after", RetryAt: c.NextSendAt}
	}
}
