package storage

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// ByLink returns the challenge and the secret of a link, spent or not.
func (s *Store) ByLink(ctx context.Context, link secret.Hash) (magiclink.Challenge, magiclink.Secret, error) {
	if link == "" {
		return magiclink.Challenge{}, magiclink.Secret{}, idp.ErrNotFound
	}
	var c challengeRow
	var sec secretRow
	err := s.row(ctx, selectByLink, []any{string(link)}, append(sec.into(), c.into()...)...)
	return c.challenge(), sec.secret(), wrap("find link", err)
}

const selectByLink = `SELECT s.id, s.challenge_id, s.link_hash, s.code_mac, s.failures, s.minted_at, s.expires_at,
		c.id, c.flow, c.client_id, c.email, c.email_typed, c.browser_hash, c.ip, c.user_agent, c.locale, c.number, c.state,
		c.failures, c.sends, c.next_send_at, c.created_at, c.expires_at, c.link_used_at, c.approved_at, c.approved_by, c.session_id, c.known_as
	FROM challenge_secrets s JOIN challenges c ON c.id = s.challenge_id WHERE s.link_hash = ?`

// ApproveByLink approves the challenge of a live link for the browser that asked,
// once. For whatever else it returns idp.ErrUsed.
func (s *Store) ApproveByLink(ctx context.Context, u magiclink.LinkUse) (magiclink.Approval, error) {
	if u.Link == "" {
		return magiclink.Approval{}, idp.ErrUsed
	}
	spend := []any{ms(u.Now), u.Session.ID, ms(u.Now), string(u.Link), ms(u.Now), string(u.Browser), ms(u.Now)}
	a := newApproving(ctx, byLink, spend, string(u.Link), u.Session, u.SessionHash, u.Replaces, u.Now)
	if err := s.jointly(ctx, durable, a.steps()...); err != nil {
		return magiclink.Approval{}, wrap("approve by link", err)
	}
	ok, err := a.result()
	return ok, wrap("approve by link", err)
}

// RedeemElsewhere spends the link in a browser that did not ask, and makes a
// session there. The challenge stays open for the code in the one that did. A
// native challenge's link is its application's alone.
func (s *Store) RedeemElsewhere(ctx context.Context, u magiclink.LinkUse) (ok magiclink.Approval, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var c challengeRow
		// An invitation, which has no number, lets nobody in a second time.
		err := one(tx, &c, `UPDATE challenges SET link_used_at = ?
			WHERE id = ? AND link_used_at = 0 AND state IN ('pending', 'locked') AND expires_at > ?
				AND (number <> '' OR browser_hash = '' AND NOT EXISTS (SELECT 1 FROM users u WHERE u.email = challenges.email))
			RETURNING `+challengeColumns,
			ms(u.Now), u.ChallengeID, ms(u.Now))
		if errors.Is(err, idp.ErrNotFound) {
			return idp.ErrUsed
		}
		if err != nil {
			return err
		}
		ok, err = signIn(tx, c.challenge(), u)
		return err
	})
	return ok, wrap("redeem link", err)
}

// signIn finds or makes the user of a proven address and stores the session.
func signIn(tx *gorm.DB, c magiclink.Challenge, u magiclink.LinkUse) (magiclink.Approval, error) {
	row, err := upsertUser(tx, c.Email, c.Locale, u.Now)
	if err != nil {
		return magiclink.Approval{}, err
	}
	if row.DisabledAt != 0 {
		return magiclink.Approval{}, idp.ErrRevoked
	}
	session, ctx := u.Session, tx.Statement.Context
	session.UserID = row.ID
	if session.ID, err = renewOwn(tx, c.ID, session, u); err != nil {
		return magiclink.Approval{}, err
	}
	after := append([]*step{loginStep(ctx, session, u.SessionHash, u.Now)}, leaving(ctx, u.Replaces, u.SessionHash, u.Now)...)
	for _, st := range after {
		if err := st.run(tx); err != nil {
			return magiclink.Approval{}, err
		}
	}
	return magiclink.Approval{Challenge: c, User: row.user(), Session: session, MarksFrom: row.marksFrom()}, nil
}
