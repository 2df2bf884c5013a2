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

type secretRow struct {
	ID, ChallengeID, LinkHash, CodeMac string
	Failures                           int
	MintedAt, ExpiresAt                int64
}

const secretColumns = `id, challenge_id, link_hash, code_mac, failures, minted_at, expires_at`

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
	err := s.tx(ctx, func(tx *gorm.DB) error {
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
		if err := uncount(tx, t.Counts); err != nil {
			return err
		}
		ok, err = approve(tx, t.ChallengeID, t.Browser, magiclink.ByCode, t.Session, t.SessionHash, t.Now)
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
	return idp.ErrLocked, tx.Exec(`UPDATE challenges SET state = 'locked' WHERE id = ? AND state = 'pending'`, c.ID).Error
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
	case c.Expired(t.Now):
		return idp.ErrExpired
	default:
		return idp.ErrLocked
	}
}

// approve spends the challenge and makes the user, if new, and the session, all
// in the caller's transaction. The state column is the single use: whoever is
// second gets idp.ErrUsed.
func approve(tx *gorm.DB, id string, browser secret.Hash, by magiclink.Method, session idp.Session, hash secret.Hash, now time.Time) (magiclink.Approval, error) {
	guard, used := "state = 'pending'", int64(0)
	if by == magiclink.ByLink {
		guard, used = "state IN ('pending', 'locked') AND link_used_at = 0", ms(now)
	}
	var c challengeRow
	err := one(tx, &c, `UPDATE challenges SET state = 'approved', approved_at = ?, approved_by = ?, session_id = ?,
			failures = CASE WHEN ? = 'email_code' THEN failures - 1 ELSE failures END,
			link_used_at = CASE WHEN link_used_at = 0 THEN ? ELSE link_used_at END
		WHERE id = ? AND browser_hash = ? AND expires_at > ? AND `+guard+` RETURNING `+challengeColumns,
		ms(now), string(by), session.ID, string(by), used, id, string(browser), ms(now))
	if errors.Is(err, idp.ErrNotFound) {
		return magiclink.Approval{}, idp.ErrUsed
	}
	if err != nil {
		return magiclink.Approval{}, err
	}
	return signIn(tx, c.challenge(), session, hash, now)
}

// signIn finds or makes the user of a proven address and stores the session.
func signIn(tx *gorm.DB, c magiclink.Challenge, session idp.Session, hash secret.Hash, now time.Time) (magiclink.Approval, error) {
	user, err := upsertUser(tx, c.Email, c.Locale, now)
	if err != nil {
		return magiclink.Approval{}, err
	}
	if !user.DisabledAt.IsZero() {
		return magiclink.Approval{}, idp.ErrRevoked
	}
	session.UserID = user.ID
	return magiclink.Approval{Challenge: c, User: user, Session: session}, insertSession(tx, session, hash)
}

// linkRow is a challenge with the secret that a link belongs to; the secret's
// columns carry a prefix where both tables have one of the name.
type linkRow struct {
	ID, Flow, ClientID, Email, EmailTyped, BrowserHash string
	IP, UserAgent, Locale, Number, State               string
	Failures, Sends                                    int
	NextSendAt, CreatedAt, ExpiresAt                   int64
	LinkUsedAt, ApprovedAt                             int64
	ApprovedBy, SessionID                              string
	SecretID, LinkHash                                 string
	MintedAt, SecretExpiresAt                          int64
}

// ByLink returns the challenge and the secret of a link, spent or not.
func (s *Store) ByLink(ctx context.Context, link secret.Hash) (magiclink.Challenge, magiclink.Secret, error) {
	if link == "" {
		return magiclink.Challenge{}, magiclink.Secret{}, idp.ErrNotFound
	}
	var r linkRow
	err := one(s.db.WithContext(ctx), &r, `SELECT c.id, c.flow, c.client_id, c.email, c.email_typed, c.browser_hash, c.ip, c.user_agent, c.locale,
			c.number, c.state, c.failures, c.sends, c.next_send_at, c.created_at, c.expires_at, c.link_used_at, c.approved_at, c.approved_by,
			c.session_id, s.id AS secret_id, s.link_hash, s.minted_at, s.expires_at AS secret_expires_at
		FROM challenge_secrets s JOIN challenges c ON c.id = s.challenge_id WHERE s.link_hash = ?`, string(link))
	if err != nil {
		return magiclink.Challenge{}, magiclink.Secret{}, wrap("find link", err)
	}
	c := challengeRow{
		ID: r.ID, Flow: r.Flow, ClientID: r.ClientID, Email: r.Email, EmailTyped: r.EmailTyped, BrowserHash: r.BrowserHash, IP: r.IP,
		UserAgent: r.UserAgent, Locale: r.Locale, Number: r.Number, State: r.State, Failures: r.Failures, Sends: r.Sends,
		NextSendAt: r.NextSendAt, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, LinkUsedAt: r.LinkUsedAt, ApprovedAt: r.ApprovedAt,
		ApprovedBy: r.ApprovedBy, SessionID: r.SessionID,
	}
	return c.challenge(), magiclink.Secret{
		ID: r.SecretID, ChallengeID: r.ID, LinkHash: secret.Hash(r.LinkHash), MintedAt: at(r.MintedAt), ExpiresAt: at(r.SecretExpiresAt),
	}, nil
}

// ApproveByLink approves the challenge for the browser that asked, once.
func (s *Store) ApproveByLink(ctx context.Context, u magiclink.LinkUse) (ok magiclink.Approval, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		ok, err = approve(tx, u.ChallengeID, u.Browser, magiclink.ByLink, u.Session, u.SessionHash, u.Now)
		return err
	})
	return ok, wrap("approve by link", err)
}

// RedeemElsewhere spends the link in a browser that did not ask, and makes a
// session there. The challenge stays open for the code in the one that did.
func (s *Store) RedeemElsewhere(ctx context.Context, u magiclink.LinkUse) (ok magiclink.Approval, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var c challengeRow
		err := one(tx, &c, `UPDATE challenges SET link_used_at = ?
			WHERE id = ? AND link_used_at = 0 AND state <> 'approved' AND expires_at > ? RETURNING `+challengeColumns,
			ms(u.Now), u.ChallengeID, ms(u.Now))
		if errors.Is(err, idp.ErrNotFound) {
			return idp.ErrUsed
		}
		if err != nil {
			return err
		}
		ok, err = signIn(tx, c.challenge(), u.Session, u.SessionHash, u.Now)
		return err
	})
	return ok, wrap("redeem link", err)
}
