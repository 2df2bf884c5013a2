package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

type secretRow struct {
	ID, ChallengeID, LinkHash, CodeMac string
	Failures                           int
	MintedAt, ExpiresAt                int64
}

const secretColumns = `id, challenge_id, link_hash, code_mac, failures, minted_at, expires_at`

// into lists the places of secretColumns.
func (r *secretRow) into() []any {
	return []any{&r.ID, &r.ChallengeID, &r.LinkHash, &r.CodeMac, &r.Failures, &r.MintedAt, &r.ExpiresAt}
}

func (r *secretRow) secret() magiclink.Secret {
	return magiclink.Secret{
		ID: r.ID, ChallengeID: r.ChallengeID, LinkHash: secret.Hash(r.LinkHash), CodeMAC: r.CodeMac,
		Failures: r.Failures, MintedAt: at(r.MintedAt), ExpiresAt: at(r.ExpiresAt),
	}
}

// liveSecrets returns the unexpired secrets of a challenge, the newest first. At
// most three codes are alive, so that resending does not multiply the chances of
// a guess.
func liveSecrets(db *gorm.DB, challengeID string, now time.Time) ([]magiclink.Secret, error) {
	var rows []secretRow
	err := db.Raw(`SELECT `+secretColumns+` FROM challenge_secrets WHERE challenge_id = ? AND expires_at > ?
		ORDER BY minted_at DESC, id DESC LIMIT 3`, challengeID, ms(now)).Scan(&rows).Error
	out := make([]magiclink.Secret, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.secret())
	}
	return out, err
}

// TryCode counts a typed code on its challenge and its budgets, compares it with
// the live codes, and approves the challenge or keeps the count. A wrong code is
// no failure of the transaction: its count must be committed.
func (s *Store) TryCode(ctx context.Context, t magiclink.CodeTry) (magiclink.Approval, error) {
	var ok magiclink.Approval
	var miss error
	err := s.batches(ctx, func(tx *gorm.DB, together func(...*step) error) error {
		ok, miss = magiclink.Approval{}, nil
		if err := count(tx, t.Counts, t.Now); err != nil {
			return err
		}
		var c challengeRow
		err := one(tx, &c, `UPDATE challenges SET failures = failures + 1
			WHERE id = ? AND browser_hash = ? AND state = 'pending' AND failures < ? AND expires_at > ?
			RETURNING `+challengeColumns, t.ChallengeID, string(t.Browser), t.ChallengeAttempts, ms(t.Now))
		if errors.Is(err, idp.ErrNotFound) {
			return tryRefusal(tx, t)
		}
		if err != nil {
			return err
		}
		secrets, err := liveSecrets(tx, c.ID, t.Now)
		if err != nil {
			return err
		}
		if !anyMatches(secrets, t) {
			miss, err = countWrong(tx, &c, secrets, t)
			return err
		}
		spend := []any{ms(t.Now), t.Session.ID, t.ChallengeID, string(t.Browser), ms(t.Now)}
		a := newApproving(ctx, byCode, spend, t.ChallengeID, t.Session, t.SessionHash, t.Replaces, t.Now)
		if err := together(slices.Concat(a.steps(), uncount(t.Counts, t.Now))...); err != nil {
			return err
		}
		ok, err = a.result()
		return err
	})
	if err == nil {
		err = miss
	}
	return ok, wrap("try code", err)
}

// anyMatches compares with every code, so that the time taken does not tell
// which of them came near.
func anyMatches(secrets []magiclink.Secret, t magiclink.CodeTry) bool {
	found := false
	for _, sec := range secrets {
		if t.Matches(sec) && sec.Failures < t.CodeAttempts {
			found = true
		}
	}
	return found
}

// countWrong keeps a wrong code's count and says which error it is.
func countWrong(tx *gorm.DB, c *challengeRow, secrets []magiclink.Secret, t magiclink.CodeTry) (miss, err error) {
	if len(secrets) > 0 {
		err := tx.Exec(`UPDATE challenge_secrets SET failures = failures + 1 WHERE challenge_id = ? AND expires_at > ?`, c.ID, ms(t.Now)).Error
		if err != nil {
			return nil, err
		}
	}
	if c.Failures < t.ChallengeAttempts {
		return idp.ErrWrongCode, nil
	}
	err = tx.Exec(`UPDATE challenges SET state = 'locked' WHERE id = ? AND state = 'pending'`, c.ID).Error
	if err != nil {
		return nil, err
	}
	e := audit.Event{At: t.Now, Name: audit.CodeWrongLimit, Actor: audit.Unknown, Detail: audit.Detail("challenge", c.ID, "tries", c.Failures)}
	return idp.ErrLocked, selectEvent(tx.Statement.Context, ofChallenge, e, c.ID).run(tx)
}

// tryRefusal says why a code was not even compared.
func tryRefusal(tx *gorm.DB, t magiclink.CodeTry) error {
	var row challengeRow
	if err := one(tx, &row, `SELECT `+challengeColumns+` FROM challenges WHERE id = ?`, t.ChallengeID); err != nil {
		return err
	}
	c := row.challenge()
	switch {
	case c.Browser != t.Browser:
		return idp.ErrForeignBrowser
	case c.State == magiclink.Approved:
		return idp.ErrUsed
	case c.State == magiclink.Cancelled:
		return magiclink.ErrCancelled
	case c.Expired(t.Now):
		return idp.ErrExpired
	default:
		return idp.ErrLocked
	}
}

// approving spends a challenge and makes the user, if new, and the session. The
// state column is the single use: whoever is second gets idp.ErrUsed. Each step
// does something only if the one before it did.
type approving struct {
	spend, person, enter, told *step
	before                     *replacing
	challenge                  challengeRow
	user                       userRow
	session                    idp.Session
}

// way is how a challenge is found and spent.
type way struct{ spend, person, renew, moved, enter string }

// newWay makes the statements for a condition that finds the challenge with one
// argument. The session's id is in the challenge once that is spent, and ties
// the other steps to it.
func newWay(challenge, spend string) way {
	return way{
		spend: spend,
		person: `INSERT INTO users (id, email, locale, created_at, updated_at, last_login_at)
			SELECT ?, c.email, c.locale, ?, ?, ? FROM challenges c WHERE c.id = ` + challenge + ` AND c.session_id = ?
			ON CONFLICT (email) DO UPDATE SET last_login_at = excluded.last_login_at RETURNING ` + userColumns,
		renew: renewSession(challenge, `(SELECT u.id FROM challenges c JOIN users u ON u.email = c.email WHERE c.id = `+challenge+` AND c.session_id = ? AND u.disabled_at = 0)`),
		moved: `UPDATE challenges SET session_id = (SELECT s.id FROM sessions s WHERE s.token_hash = ?)
			WHERE id = ` + challenge + ` AND session_id = ? AND EXISTS (SELECT 1 FROM sessions s WHERE s.token_hash = ?)`,
		enter: `INSERT INTO sessions (token_hash, id, user_id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr, ip, user_agent, challenge_id)
			SELECT ?, ?, u.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, c.id
			FROM challenges c JOIN users u ON u.email = c.email WHERE c.id = ` + challenge + ` AND c.session_id = ? AND u.disabled_at = 0`,
	}
}

var (
	// The right code's own count is given back.
	byCode = newWay("?", `UPDATE challenges SET state = 'approved', approved_by = 'email_code', approved_at = ?, session_id = ?, failures = failures - 1
		WHERE id = ? AND browser_hash = ? AND expires_at > ? AND state = 'pending' RETURNING `+challengeColumns)
	byLink = newWay("(SELECT challenge_id FROM challenge_secrets WHERE link_hash = ?)",
		`UPDATE challenges SET state = 'approved', approved_by = 'email_link', approved_at = ?, session_id = ?, link_used_at = ?
		WHERE id = (SELECT challenge_id FROM challenge_secrets WHERE link_hash = ? AND expires_at > ?)
			AND browser_hash = ? AND expires_at > ? AND state IN ('pending', 'locked') AND link_used_at = 0 RETURNING `+challengeColumns)
)

// newApproving needs from its caller the arguments of w.spend, and the one that
// finds the challenge.
func newApproving(ctx context.Context, w way, spend []any, challenge string, session idp.Session, hash, replaces secret.Hash, now time.Time) *approving {
	a := &approving{session: session, before: newReplacing(ctx, w, challenge, session, hash, replaces, now)}
	a.spend = &step{query: w.spend, args: spend, into: a.challenge.into()}
	a.person = &step{query: w.person, into: a.user.into(), args: []any{secret.NewSubject("usr_"), ms(now), ms(now), ms(now), challenge, session.ID}}
	a.enter = &step{query: w.enter, args: []any{
		string(hash), session.ID, ms(session.CreatedAt), ms(session.LastSeenAt), ms(session.ExpiresAt), ms(session.AbsoluteAt), ms(session.AuthTime),
		list(session.AMR), session.ACR, session.IP, session.UserAgent, challenge, session.ID,
	}}
	a.told = loginStep(ctx, session, hash, now)
	return a
}

func (a *approving) steps() []*step {
	return slices.Concat([]*step{a.spend, a.person}, a.before.renews, []*step{a.enter, a.told}, a.before.leaves)
}

// loginStep tells of a session that was just made or renewed, if it was.
func loginStep(ctx context.Context, session idp.Session, hash secret.Hash, now time.Time) *step {
	method := session.AMR[len(session.AMR)-1]
	return selectEvent(ctx, ofLogin, audit.Event{At: now, Name: audit.LoginCompleted, IP: session.IP},
		audit.Detail("first", true, "method", method, "session", session.ID), audit.Detail("method", method, "session", session.ID), session.ID, string(hash))
}

var ofLogin = told{
	subject: `s.user_id`, client: `c.client_id`, detail: `REPLACE(CASE WHEN u.created_at = s.auth_time THEN CAST(? AS TEXT) ELSE CAST(? AS TEXT) END, CAST(? AS TEXT), s.id)`,
	from: `sessions s JOIN users u ON u.id = s.user_id JOIN challenges c ON c.id = s.challenge_id WHERE s.token_hash = ?`,
}.statement()

// result says what the steps did: idp.ErrUsed if the challenge was spent before,
// idp.ErrRevoked if its owner was disabled.
func (a *approving) result() (magiclink.Approval, error) {
	switch {
	case !a.spend.found:
		return magiclink.Approval{}, idp.ErrUsed
	case a.enter.changed != 1 && !a.before.renewed():
		return magiclink.Approval{}, idp.ErrRevoked
	}
	a.session.UserID = a.user.ID
	if a.before.renewed() {
		a.session.ID, a.challenge.SessionID = a.before.id, a.before.id
	}
	return magiclink.Approval{Challenge: a.challenge.challenge(), User: a.user.user(), Session: a.session, MarksFrom: a.user.marksFrom()}, nil
}
