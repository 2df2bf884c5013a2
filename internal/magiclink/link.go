package magiclink

import (
	"context"
	"fmt"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// LinkUse is one press of the link's button.
type LinkUse struct {
	ChallengeID string
	Browser     secret.Hash // of the browser that presses
	Session     idp.Session
	SessionHash secret.Hash
	Now         time.Time
}

// Link is what opening a link shows, before anything happens.
type Link struct {
	Challenge Challenge
	Here      bool      // this browser asked for it
	Ends      time.Time // of the link
}

// OpenLink reads what a link stands for and changes nothing: mail scanners open
// every link. It returns idp.ErrNotFound, or, with the link, idp.ErrUsed or
// idp.ErrExpired.
func (s *Service) OpenLink(ctx context.Context, token secret.Token, browser secret.Hash) (Link, error) {
	if len(token.Reveal()) != secret.LinkLength {
		return Link{}, idp.ErrNotFound
	}
	c, stored, err := s.store.ByLink(ctx, token.Hash(secret.KindLink))
	if err != nil {
		return Link{}, fmt.Errorf("open link: %w", err)
	}
	l := Link{Challenge: c, Here: browser != "" && c.Browser == browser, Ends: stored.ExpiresAt}
	now := s.now()
	switch {
	case c.State == Approved || !c.LinkUsedAt.IsZero():
		return l, idp.ErrUsed
	case c.Expired(now) || !now.Before(stored.ExpiresAt):
		return l, idp.ErrExpired
	}
	return l, nil
}

// UseLink signs in the browser that presses the button of a link that OpenLink
// found good for it. In the browser that asked, it approves the challenge. In any
// other, it makes a session there and spends the link, and the asking browser can
// still finish with the code. Whoever is second gets idp.ErrUsed.
func (s *Service) UseLink(ctx context.Context, l Link, a Asker) (Approval, secret.Token, error) {
	now := s.now()
	session, raw := s.newSession(a, ByLink, now)
	use := LinkUse{ChallengeID: l.Challenge.ID, Browser: a.Browser, Session: session, SessionHash: raw.Hash(secret.KindSession), Now: now}
	redeem := s.store.RedeemElsewhere
	if l.Here {
		redeem = s.store.ApproveByLink
	}
	ok, err := redeem(ctx, use)
	if err != nil {
		return Approval{}, secret.Token{}, fmt.Errorf("use link: %w", err)
	}
	return ok, raw, nil
}
