package magiclink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// LinkUse is one press of the link's button.
type LinkUse struct {
	Link        secret.Hash // for ApproveByLink
	ChallengeID string      // for RedeemElsewhere
	Browser     secret.Hash // of the browser that presses
	Session     idp.Session
	SessionHash secret.Hash
	Replaces    secret.Hash // the session that the browser has; "" for none: see Store
	Now         time.Time
}

// Link is what opening a link shows, before anything happens.
type Link struct {
	Challenge Challenge
	Here      bool      // this browser asked for it
	Ends      time.Time // of the link
}

// OpenLink reads what a link stands for and changes nothing: mail scanners open
// every link. It returns idp.ErrNotFound, or, with the link, idp.ErrUsed,
// idp.ErrExpired or ErrCancelled.
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
	case c.State == Cancelled:
		return l, ErrCancelled
	case c.State == Approved || !c.LinkUsedAt.IsZero():
		return l, idp.ErrUsed
	case c.Expired(now) || !now.Before(stored.ExpiresAt):
		return l, idp.ErrExpired
	}
	return l, nil
}

// UseOwnLink is the common case in one step: it signs in the browser that asked,
// if it is this one and the link is good. Whatever else may be the case is
// idp.ErrNotFound, and OpenLink knows more about it.
func (s *Service) UseOwnLink(ctx context.Context, token secret.Token, a Asker) (Approval, secret.Token, error) {
	if len(token.Reveal()) != secret.LinkLength || a.Browser == "" {
		return Approval{}, secret.Token{}, idp.ErrNotFound
	}
	now := s.now()
	session, raw := s.newSession(a, ByLink, now)
	ok, err := s.store.ApproveByLink(ctx, LinkUse{
		Link: token.Hash(secret.KindLink), Browser: a.Browser, Session: session, SessionHash: raw.Hash(secret.KindSession), Replaces: a.Session, Now: now,
	})
	if errors.Is(err, idp.ErrUsed) {
		return Approval{}, secret.Token{}, idp.ErrNotFound
	}
	if err != nil {
		return Approval{}, secret.Token{}, fmt.Errorf("use link: %w", err)
	}
	s.completed(&ok.Challenge)
	s.announce(ctx, &ok, a)
	return ok, raw, nil
}

// UseLinkElsewhere signs in a browser that did not ask, with a link that OpenLink
// found good. It spends the link, and the asking browser can still finish with
// the code. Whoever is second gets idp.ErrUsed.
func (s *Service) UseLinkElsewhere(ctx context.Context, l Link, a Asker) (Approval, secret.Token, error) {
	now := s.now()
	session, raw := s.newSession(a, ByLink, now)
	ok, err := s.store.RedeemElsewhere(ctx, LinkUse{
		ChallengeID: l.Challenge.ID, Browser: a.Browser, Session: session, SessionHash: raw.Hash(secret.KindSession), Replaces: a.Session, Now: now,
	})
	if err != nil {
		return Approval{}, secret.Token{}, fmt.Errorf("use link: %w", err)
	}
	s.completed(&ok.Challenge)
	s.announce(ctx, &ok, a)
	return ok, raw, nil
}
