package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/magiclink"
)

type letterRow struct {
	ID, ChallengeID, Recipient, Locale, ClientID, Number, UserAgent string
	Template                                                        string
	AskedAt, ExpiresAt                                              int64
	State                                                           string
	Tries                                                           int
	NextAt, AcceptedAt, RefusedAt                                   int64
	Server, Reply, Reason                                           string
	Decoy                                                           bool // it never goes out
}

const letterColumns = `id, template, challenge_id, recipient, locale, client_id, number, user_agent, asked_at, expires_at, state, tries, next_at, accepted_at,
	server, reply, reason, refused_at, decoy`

// into lists the places of letterColumns.
func (r *letterRow) into() []any {
	return []any{
		&r.ID, &r.Template, &r.ChallengeID, &r.Recipient, &r.Locale, &r.ClientID, &r.Number, &r.UserAgent, &r.AskedAt, &r.ExpiresAt, &r.State,
		&r.Tries, &r.NextAt, &r.AcceptedAt, &r.Server, &r.Reply, &r.Reason, &r.RefusedAt, &r.Decoy,
	}
}

func (r *letterRow) letter() magiclink.Letter {
	return magiclink.Letter{
		ID: r.ID, Template: magiclink.Template(r.Template), ChallengeID: r.ChallengeID, Recipient: r.Recipient, Locale: r.Locale, ClientID: r.ClientID, Number: r.Number,
		UserAgent: r.UserAgent, AskedAt: at(r.AskedAt), ExpiresAt: at(r.ExpiresAt),
	}
}

// delivery hides that a letter was skipped: nobody may learn from the waiting
// page which addresses can sign in. What was made up for such a letter is not to
// be seen before accepted_at.
func (r *letterRow) delivery(now time.Time) magiclink.Delivery {
	d := magiclink.Delivery{
		State: magiclink.DeliveryState(r.State), Tries: r.Tries, NextAt: at(r.NextAt), AcceptedAt: at(r.AcceptedAt), RefusedAt: at(r.RefusedAt),
		Reason: magiclink.Reason(r.Reason), Server: r.Server, Reply: r.Reply,
	}
	switch {
	case now.Before(d.AcceptedAt):
		return magiclink.Delivery{State: magiclink.Sending, Tries: r.Tries}
	case d.State == magiclink.Skipped:
		d.State = magiclink.Accepted
	case d.State != magiclink.Accepted:
		d.AcceptedAt = time.Time{}
	}
	return d
}

// insert stores a letter in the state of r.
func (r *letterRow) insert(l magiclink.Letter) *step {
	return &step{query: insertLetter, args: []any{
		l.ID, string(l.Template), l.ChallengeID, l.Recipient, l.Locale, l.ClientID, l.Number, l.UserAgent, ms(l.AskedAt), ms(l.ExpiresAt),
		r.State, r.Tries, r.NextAt, r.AcceptedAt, r.Server, r.Reply, r.Reason, r.RefusedAt, r.Decoy,
	}}
}

var insertLetter = insert("outbox", letterColumns)

// ClaimLetter takes the letter that is due longest, mints its secrets and stores
// what is kept of them, in one transaction. The lease gives the letter to
// another worker if this one dies. A recipient who may receive nothing gets
// nothing: the letter is marked skipped, and a secret is stored that no link and
// no code fits, so that the pages behave as for everybody. One whose mailbox
// sent a letter back gets one a day. It returns idp.ErrNotFound if no letter is
// due, and a nil Claim if the letter that was is not to be sent.
func (s *Store) ClaimLetter(ctx context.Context, now time.Time, take *magiclink.Take) (*magiclink.Claim, error) {
	var claim *magiclink.Claim
	err := s.tx(ctx, func(tx *gorm.DB) error {
		claim = nil
		var r claimRow
		err := one(tx, &r, `UPDATE outbox SET state = 'sending', tries = tries + 1, next_at = ?
			WHERE id = (SELECT id FROM outbox WHERE state IN ('queued', 'sending', 'deferred') AND next_at <= ? AND expires_at > ?
				ORDER BY next_at LIMIT 1`+s.dialect.skipLocked+`)
			RETURNING `+letterColumns+`, (SELECT CASE WHEN u.disabled_at = 0 THEN 1 ELSE 2 END FROM users u WHERE u.email = outbox.recipient) AS known,
				(SELECT o.server FROM outbox o WHERE o.challenge_id = outbox.challenge_id AND o.server <> '' ORDER BY o.asked_at DESC, o.id DESC LIMIT 1) AS last,
				`+markOf("outbox.recipient")+` AS marked`,
			ms(now.Add(take.Lease)), ms(now), ms(now))
		if err != nil {
			return err
		}
		minted := take.Mint(r.ChallengeID, now)
		if r.Template != string(magiclink.SignInLetter) {
			claim, err = claimNotice(tx, &r, minted, now)
			return err
		}
		if r.Decoy || r.Known == userDisabled || !take.MayReceive(r.Recipient, r.ClientID, r.Known == userEnabled) {
			return withhold(tx, r.ID, minted.Stored, true, take.Pretend(r.Tries, now))
		}
		if r.Marked > 0 && r.Tries == 1 {
			mark, again, err := tryMarked(tx, r.Recipient, now)
			if err != nil {
				return err
			}
			if !again {
				mark.AcceptedAt = take.Pretend(r.Tries, now).AcceptedAt
				return withhold(tx, r.ID, minted.Stored, false, mark)
			}
		}
		row := r.letterRow()
		claim = &magiclink.Claim{Letter: row.letter(), Tries: r.Tries, Minted: minted, Last: r.Last, TakenAt: now}
		return secretStep(minted.Stored).run(tx)
	})
	return claim, wrap("claim letter", err)
}

// claimNotice takes a letter that nobody waits for: it goes only to people who can
// sign in and whose mailbox takes letters, and no secret is kept for it.
func claimNotice(tx *gorm.DB, r *claimRow, minted magiclink.Minted, now time.Time) (*magiclink.Claim, error) {
	if r.Known != userEnabled || r.Marked > 0 {
		return nil, tx.Exec(`UPDATE outbox SET state = 'skipped' WHERE id = ?`, r.ID).Error
	}
	row := r.letterRow()
	minted.Stored.ID = ""
	return &magiclink.Claim{Letter: row.letter(), Tries: r.Tries, Minted: minted, TakenAt: now}, nil
}

// StoreNotice queues a letter that nobody waits for.
func (s *Store) StoreNotice(ctx context.Context, l magiclink.Letter) error {
	row := letterRow{State: string(magiclink.Queued), NextAt: ms(l.AskedAt)}
	return wrap("store notice", s.together(ctx, relaxed, row.insert(l)))
}

// withhold records what is to be seen of a letter that is not sent.
func withhold(tx *gorm.DB, id string, minted magiclink.Secret, decoy bool, d magiclink.Delivery) error {
	if d.State == magiclink.Skipped { // of a letter that reached nobody no secret is kept
		if err := secretStep(magiclink.Decoy(minted)).run(tx); err != nil {
			return err
		}
	}
	return tx.Exec(`UPDATE outbox SET state = ?, next_at = ?, accepted_at = ?, reason = ?, refused_at = ?, decoy = ? WHERE id = ?`,
		string(d.State), ms(d.NextAt), ms(d.AcceptedAt), string(d.Reason), ms(d.RefusedAt), decoy, id).Error
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
	Template                                                        string
	ID, ChallengeID, Recipient, Locale, ClientID, Number, UserAgent string
	AskedAt, ExpiresAt                                              int64
	Tries, Known                                                    int
	Last                                                            string
	Marked                                                          int64
	Decoy                                                           bool
}

func (r *claimRow) letterRow() *letterRow {
	return &letterRow{
		ID: r.ID, Template: r.Template, ChallengeID: r.ChallengeID, Recipient: r.Recipient, Locale: r.Locale, ClientID: r.ClientID, Number: r.Number,
		UserAgent: r.UserAgent, AskedAt: r.AskedAt, ExpiresAt: r.ExpiresAt,
	}
}

// LettersDone records what became of claimed letters, in one transaction. Only the
// worker whose try it was may say so: after its lease another one owns the letter.
// Those letters are late; nothing is recorded of them.
func (s *Store) LettersDone(ctx context.Context, fates []magiclink.Fate) (late []string, err error) {
	// In the order of their ids, so that two processes never wait for each other in a ring.
	fates = slices.SortedFunc(slices.Values(fates), func(a, b magiclink.Fate) int { return strings.Compare(a.LetterID, b.LetterID) })
	var steps, after []*step
	for _, f := range fates {
		d := f.Delivery
		steps = append(steps, &step{query: letterDone, args: []any{
			string(d.State), ms(d.NextAt), ms(d.AcceptedAt), d.Server, d.Reply, string(d.Reason), ms(d.RefusedAt), f.LetterID, f.Try,
		}})
		if d.Unsent != "" {
			after = append(after, &step{query: `DELETE FROM challenge_secrets WHERE id = ?`, args: []any{d.Unsent}})
		}
		if d.State == magiclink.Refused {
			after = append(after, failedForGood(ctx, f.LetterID, string(d.Reason), d.RefusedAt))
		}
	}
	if err := s.together(ctx, relaxed, slices.Concat(steps, after)...); err != nil {
		return nil, wrap("record deliveries", err)
	}
	for i, st := range steps {
		if st.changed != 1 {
			late = append(late, fates[i].LetterID)
		}
	}
	return late, nil
}

// failedForGood tells of a letter that was just refused.
func failedForGood(ctx context.Context, id, reason string, at time.Time) *step {
	e := audit.Event{At: at, Name: audit.MailFailedForGood, Actor: audit.System, Result: reason, Detail: audit.Detail("letter", id)}
	return selectEvent(ctx, ofRefusedLetter, e, id, ms(at))
}

var ofRefusedLetter = told{
	subject: `COALESCE(u.id, '')`, client: `o.client_id`,
	from: `outbox o LEFT JOIN users u ON u.email = o.recipient WHERE o.id = ? AND o.state = 'refused' AND o.refused_at = ?`,
}.statement()

const letterDone = `UPDATE outbox SET state = ?, next_at = ?, accepted_at = ?, server = ?, reply = ?, reason = ?, refused_at = ?
	WHERE id = ? AND tries = ? AND state = 'sending'`

// NextLetterAt says when the next letter is due; the zero time if none waits.
func (s *Store) NextLetterAt(ctx context.Context, now time.Time) (time.Time, error) {
	var next *int64
	err := s.db.WithContext(ctx).Raw(`SELECT MIN(next_at) FROM outbox WHERE state IN ('queued', 'sending', 'deferred') AND expires_at > ?`, ms(now)).Scan(&next).Error
	if err != nil || next == nil {
		return time.Time{}, wrap("read outbox", err)
	}
	return at(*next), nil
}
