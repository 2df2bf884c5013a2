package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

type letterRow struct {
	ID, ChallengeID, Recipient, Locale, ClientID, Number, UserAgent string
	AskedAt, ExpiresAt                                              int64
	State                                                           string
	Tries                                                           int
	NextAt, AcceptedAt                                              int64
	Server, Reply                                                   string
}

const letterColumns = `id, challenge_id, recipient, locale, client_id, number, user_agent, asked_at, expires_at, state, tries, next_at, accepted_at, server, reply`

// into lists the places of letterColumns.
func (r *letterRow) into() []any {
	return []any{
		&r.ID, &r.ChallengeID, &r.Recipient, &r.Locale, &r.ClientID, &r.Number, &r.UserAgent, &r.AskedAt, &r.ExpiresAt, &r.State,
		&r.Tries, &r.NextAt, &r.AcceptedAt, &r.Server, &r.Reply,
	}
}

func (r *letterRow) letter() magiclink.Letter {
	return magiclink.Letter{
		ID: r.ID, ChallengeID: r.ChallengeID, Recipient: r.Recipient, Locale: r.Locale, ClientID: r.ClientID, Number: r.Number,
		UserAgent: r.UserAgent, AskedAt: at(r.AskedAt), ExpiresAt: at(r.ExpiresAt),
	}
}

// delivery hides that a letter was skipped: nobody may learn from the waiting
// page which addresses can sign in.
func (r *letterRow) delivery() magiclink.Delivery {
	d := magiclink.Delivery{State: magiclink.DeliveryState(r.State), Tries: r.Tries, NextAt: at(r.NextAt), AcceptedAt: at(r.AcceptedAt), Server: r.Server, Reply: r.Reply}
	if d.State == magiclink.Skipped {
		d.State = magiclink.Accepted
	}
	return d
}

// insert stores a letter in the state of r.
func (r *letterRow) insert(l magiclink.Letter) *step {
	return &step{query: insertLetter, args: []any{
		l.ID, l.ChallengeID, l.Recipient, l.Locale, l.ClientID, l.Number, l.UserAgent, ms(l.AskedAt), ms(l.ExpiresAt),
		r.State, r.Tries, r.NextAt, r.AcceptedAt, r.Server, r.Reply,
	}}
}

var insertLetter = insert("outbox", letterColumns)

// ClaimLetter takes the letter that is due longest, mints its secrets and stores
// what is kept of them, in one transaction. The lease gives the letter to
// another worker if this one dies. A recipient who may receive nothing gets
// nothing: the letter is marked skipped, and a secret is stored that no link and
// no code fits, so that the pages behave as for everybody. It returns
// idp.ErrNotFound if no letter is due, and a nil Claim after a skip.
func (s *Store) ClaimLetter(ctx context.Context, now time.Time, take *magiclink.Take) (*magiclink.Claim, error) {
	var claim *magiclink.Claim
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var r claimRow
		err := one(tx, &r, `UPDATE outbox SET state = 'sending', tries = tries + 1, next_at = ?
			WHERE id = (SELECT id FROM outbox WHERE state IN ('queued', 'sending', 'deferred') AND next_at <= ? AND expires_at > ?
				ORDER BY next_at LIMIT 1`+s.dialect.skipLocked+`)
			RETURNING `+letterColumns+`, (SELECT CASE WHEN u.disabled_at = 0 THEN 1 ELSE 2 END FROM users u WHERE u.email = outbox.recipient) AS known`,
			ms(now.Add(take.Lease)), ms(now), ms(now))
		if err != nil {
			return err
		}
		minted := take.Mint(r.ChallengeID, now)
		if r.Known == userDisabled || !take.MayReceive(r.Recipient, r.ClientID, r.Known == userEnabled) {
			if err := secretStep(magiclink.Decoy(minted.Stored)).run(tx); err != nil {
				return err
			}
			return tx.Exec(`UPDATE outbox SET state = 'skipped', accepted_at = ? WHERE id = ?`, ms(now), r.ID).Error
		}
		row := r.letterRow()
		claim = &magiclink.Claim{Letter: row.letter(), Tries: r.Tries, Minted: minted}
		return secretStep(minted.Stored).run(tx)
	})
	return claim, wrap("claim letter", err)
}

func secretStep(m magiclink.Secret) *step {
	return &step{query: insertSecret, args: []any{
		m.ID, m.ChallengeID, string(m.LinkHash), m.CodeMAC, m.Failures, ms(m.MintedAt), ms(m.ExpiresAt),
	}}
}

var insertSecret = insert("challenge_secrets", secretColumns)

const (
	userEnabled  = 1
	userDisabled = 2
)

type claimRow struct {
	ID, ChallengeID, Recipient, Locale, ClientID, Number, UserAgent string
	AskedAt, ExpiresAt                                              int64
	Tries, Known                                                    int
}

func (r *claimRow) letterRow() *letterRow {
	return &letterRow{
		ID: r.ID, ChallengeID: r.ChallengeID, Recipient: r.Recipient, Locale: r.Locale, ClientID: r.ClientID, Number: r.Number,
		UserAgent: r.UserAgent, AskedAt: r.AskedAt, ExpiresAt: r.ExpiresAt,
	}
}

// LetterDone records what became of a claimed letter. Only the worker whose try
// it was may say so: after its lease another one owns the letter.
func (s *Store) LetterDone(ctx context.Context, id string, tries int, d magiclink.Delivery) error {
	st := &step{query: `UPDATE outbox SET state = ?, next_at = ?, accepted_at = ?, server = ?, reply = ?
		WHERE id = ? AND tries = ? AND state = 'sending'`,
		args: []any{string(d.State), ms(d.NextAt), ms(d.AcceptedAt), d.Server, d.Reply, id, tries}}
	err := s.together(ctx, relaxed, st)
	if err == nil && st.changed != 1 {
		err = idp.ErrConflict
	}
	return wrap("record delivery", err)
}

// NextLetterAt says when the next letter is due; the zero time if none waits.
func (s *Store) NextLetterAt(ctx context.Context, now time.Time) (time.Time, error) {
	var next *int64
	err := s.db.WithContext(ctx).Raw(`SELECT MIN(next_at) FROM outbox WHERE state IN ('queued', 'sending', 'deferred') AND expires_at > ?`, ms(now)).Scan(&next).Error
	if err != nil || next == nil {
		return time.Time{}, wrap("read outbox", err)
	}
	return at(*next), nil
}
