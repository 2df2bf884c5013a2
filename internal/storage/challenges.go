package storage

import (
	"context"
	"errors"
	"strings"
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
	ApprovedBy, SessionID, KnownAs                     string
}

const challengeColumns = `id, flow, client_id, email, email_typed, browser_hash, ip, user_agent, locale, number, state,
	failures, sends, next_send_at, created_at, expires_at, link_used_at, approved_at, approved_by, session_id, known_as`

// into lists the places of challengeColumns.
func (r *challengeRow) into() []any {
	return []any{
		&r.ID, &r.Flow, &r.ClientID, &r.Email, &r.EmailTyped, &r.BrowserHash, &r.IP, &r.UserAgent, &r.Locale, &r.Number, &r.State,
		&r.Failures, &r.Sends, &r.NextSendAt, &r.CreatedAt, &r.ExpiresAt, &r.LinkUsedAt, &r.ApprovedAt, &r.ApprovedBy, &r.SessionID, &r.KnownAs,
	}
}

func (r *challengeRow) challenge() magiclink.Challenge {
	return magiclink.Challenge{
		ID: r.ID, Flow: r.Flow, ClientID: r.ClientID, Email: r.Email, EmailTyped: r.EmailTyped,
		Browser: secret.Hash(r.BrowserHash), IP: r.IP, UserAgent: r.UserAgent, Locale: r.Locale, Number: r.Number,
		State: magiclink.State(r.State), Failures: r.Failures, Sends: r.Sends, NextSendAt: at(r.NextSendAt),
		CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt), LinkUsedAt: at(r.LinkUsedAt),
		ApprovedAt: at(r.ApprovedAt), ApprovedBy: magiclink.Method(r.ApprovedBy), SessionID: r.SessionID, KnownAs: r.KnownAs,
	}
}

// CreateChallenge asks for admission and stores the challenge and its letter. If
// admission is refused it stores nothing, and gives back what it counted but for
// blocks and the budget of a new domain. With take, the letter is the caller's
// to send and comes back as a claim, with its secrets stored; nil if its
// recipient gets nothing, or if the outbox must decide because a mailbox sent a
// letter back.
func (s *Store) CreateChallenge(ctx context.Context, c magiclink.Challenge, l magiclink.Letter, a magiclink.Admission, take *magiclink.Take) (*magiclink.Claim, error) {
	admitted, err := s.admit(ctx, c.Email, a, c.CreatedAt)
	if err != nil {
		return nil, wrap("create challenge", err)
	}
	if admitted.unmarked {
		c.KnownAs = ""
	}
	var claim *magiclink.Claim
	steps := []*step{challengeStep(&c)}
	switch {
	case take == nil || admitted.send && admitted.bounced:
		letter := letterRow{State: string(magiclink.Queued), NextAt: ms(l.AskedAt), Decoy: !admitted.send}
		steps = append(steps, letter.insert(l))
	case !admitted.send:
		steps = append(steps, withheld(l, take, c.CreatedAt)...)
	default:
		claim = &magiclink.Claim{Letter: l, Tries: 1, Minted: take.Mint(c.ID, c.CreatedAt), TakenAt: c.CreatedAt}
		letter := letterRow{State: string(magiclink.Sending), Tries: 1, NextAt: ms(c.CreatedAt.Add(take.Lease))}
		steps = append(steps, letter.insert(l), secretStep(claim.Minted.Stored))
	}
	if err := s.jointly(ctx, relaxed, steps...); err != nil {
		return nil, wrap("create challenge", err)
	}
	return claim, nil
}

var insertChallenge = insert("challenges", challengeColumns)

func challengeStep(c *magiclink.Challenge) *step {
	return &step{query: insertChallenge, args: []any{
		c.ID, c.Flow, c.ClientID, c.Email, c.EmailTyped, string(c.Browser), c.IP, c.UserAgent, c.Locale, c.Number, string(c.State),
		c.Failures, c.Sends, ms(c.NextSendAt), ms(c.CreatedAt), ms(c.ExpiresAt), ms(c.LinkUsedAt), ms(c.ApprovedAt), string(c.ApprovedBy), c.SessionID, c.KnownAs,
	}}
}

// withheld stores a letter that does not go out, and what makes the pages behave
// as if it did. Of a letter that reached nobody no secret is kept.
func withheld(l magiclink.Letter, take *magiclink.Take, now time.Time) []*step {
	d := take.Pretend(1, now)
	letter := letterRow{State: string(d.State), Tries: 1, NextAt: ms(d.NextAt), AcceptedAt: ms(d.AcceptedAt), Reason: string(d.Reason), Decoy: true}
	if d.State == magiclink.Deferred {
		return []*step{letter.insert(l)}
	}
	return []*step{letter.insert(l), secretStep(magiclink.Decoy(take.Mint(l.ChallengeID, now).Stored))}
}

// Challenge returns idp.ErrNotFound if there is none of this id.
func (s *Store) Challenge(ctx context.Context, id string) (magiclink.Challenge, error) {
	var r challengeRow
	err := s.glance(ctx, selectChallenge, []any{id}, r.into()...)
	return r.challenge(), wrap("read challenge", err)
}

const selectChallenge = `SELECT ` + challengeColumns + ` FROM challenges WHERE id = ?`

// Status returns a challenge with its newest mail and CodeFailures.
func (s *Store) Status(ctx context.Context, id string, now time.Time) (magiclink.Status, error) {
	var st magiclink.Status
	var c challengeRow
	var l letterRow
	var sec secretRow
	challenge := &step{query: selectChallenge, args: []any{id}, into: c.into()}
	letter := &step{query: `SELECT ` + letterColumns + ` FROM outbox WHERE challenge_id = ? AND template = '' ORDER BY asked_at DESC, id DESC LIMIT 1`, args: []any{id}, into: l.into()}
	newest := &step{query: `SELECT ` + secretColumns + ` FROM challenge_secrets WHERE challenge_id = ? AND expires_at > ?
		ORDER BY minted_at DESC, id DESC LIMIT 1`, args: []any{id, ms(now)}, into: sec.into()}
	if err := s.look(ctx, challenge, letter, newest); err != nil {
		return st, wrap("read status", err)
	}
	if !challenge.found || !letter.found {
		return st, wrap("read status", idp.ErrNotFound)
	}
	st.Challenge, st.Delivery = c.challenge(), l.delivery(now)
	if newest.found {
		st.CodeEnds, st.CodeFailures, st.LongCode = at(sec.ExpiresAt), sec.Failures, sec.secret().Long()
	}
	return st, nil
}

// Resend stores another letter, once per pause: the UPDATE's condition decides.
func (s *Store) Resend(ctx context.Context, r magiclink.Resend) error {
	judged, send := false, false // once, however often the transaction runs
	judge := func(to magiclink.Recipient) bool {
		if !judged {
			judged, send = true, r.Judge == nil || r.Judge(to)
		}
		return send
	}
	return wrap("resend", s.tx(ctx, func(tx *gorm.DB) error {
		if err := count(tx, r.Counts, r.Now); err != nil {
			return err
		}
		var c challengeRow
		err := one(tx, &c, `UPDATE challenges SET sends = sends + 1
			WHERE id = ? AND browser_hash = ? AND sends < ? AND next_send_at <= ? AND expires_at > ? AND state IN ('pending', 'locked')
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
		return resend(tx, r, judge)
	}))
}

// resend stores the letter, which goes out if those before did and judge agrees. All is
// asked for every recipient: what is known of one must not show in the time it takes.
func resend(tx *gorm.DB, r magiclink.Resend, judge func(magiclink.Recipient) bool) error {
	_, domain, _ := strings.Cut(r.Letter.Recipient, "@")
	var to recipientRow
	if err := to.step(r.Letter.Recipient, domain).run(tx); err != nil {
		return err
	}
	full := false
	if stranger := newDomainCounting(r.NewDomain, domain, r.Now); stranger != nil {
		if err := stranger.run(tx); err != nil {
			return err
		}
		full = stranger.over() != nil
	}
	var none int
	if err := one(tx, &none, `SELECT COUNT(*) FROM outbox WHERE challenge_id = ? AND decoy`, r.ChallengeID); err != nil {
		return err
	}
	letter := letterRow{State: string(magiclink.Queued), NextAt: ms(r.Letter.AskedAt), Decoy: none > 0 || !judge(to.recipient(full))}
	return letter.insert(r.Letter).run(tx)
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
	case c.State == magiclink.Cancelled:
		return magiclink.ErrCancelled
	case c.Expired(r.Now):
		return idp.ErrExpired
	case c.Sends >= r.MaxSends:
		return &idp.LimitedError{Limit: "sends_per_challenge", RetryAt: c.ExpiresAt}
	default:
		return &idp.LimitedError{Limit: "resend_after", RetryAt: c.NextSendAt}
	}
}
