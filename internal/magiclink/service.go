package magiclink

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Store keeps challenges. Each method is one transaction; see Service for what
// each error means.
type Store interface {
	// CreateChallenge counts, then stores the challenge and its letter, or
	// returns *idp.LimitedError and stores nothing. With take, it returns the
	// letter for the caller to send; nil if nothing is to be sent.
	CreateChallenge(ctx context.Context, c Challenge, l Letter, counts []Count, take *Take) (*Claim, error)
	// Challenge returns idp.ErrNotFound if there is none.
	Challenge(ctx context.Context, id string) (Challenge, error)
	// Status returns a challenge with its newest mail and the tries its best
	// live code still has.
	Status(ctx context.Context, id string, now time.Time) (Status, error)
	// Resend stores another letter if the challenge has sends left and its pause
	// is over, else *idp.LimitedError.
	Resend(ctx context.Context, r Resend) error
	// TryCode counts the attempt, compares, and approves; see CodeTry.
	TryCode(ctx context.Context, t CodeTry) (Approval, error)
	LinkStore
}

// LinkStore is the part of Store that links use.
type LinkStore interface {
	// ByLink returns the challenge and the secret of a link, spent or not.
	ByLink(ctx context.Context, link secret.Hash) (Challenge, Secret, error)
	// ApproveByLink approves the challenge of a live link for the browser that
	// asked, or returns idp.ErrUsed if that is not what it is.
	ApproveByLink(ctx context.Context, u LinkUse) (Approval, error)
	// RedeemElsewhere spends the link and makes a session, and leaves the
	// challenge to the browser that asked.
	RedeemElsewhere(ctx context.Context, u LinkUse) (Approval, error)
}

// Status is what the waiting page shows.
type Status struct {
	Challenge Challenge
	Delivery  Delivery
	CodeEnds  time.Time // of the newest code; zero before the first mail went out
	Tries     int       // wrong codes still allowed
	// MaySendAgain says that mails are left; NextSendAt says from when on.
	MaySendAgain bool
}

// Resend asks for another mail of a challenge.
type Resend struct {
	ChallengeID string
	Browser     secret.Hash
	Letter      Letter
	MaxSends    int
	NextSendAt  func(sends int) time.Time
	Counts      []Count
	Now         time.Time
}

// Service runs the login by mail.
type Service struct {
	store    Store
	keys     *secret.Keyring
	settings Settings
	now      func() time.Time
	courier  Courier
}

// Courier carries letters to the mail server.
type Courier interface {
	// Wake says that a letter waits in the store.
	Wake()
	// Reserve keeps a place for a letter that is about to be stored and says how
	// to take it; nil if there is no place, and the letter must wait. Every
	// reservation is followed by Hand.
	Reserve() *Take
	// Hand gives the courier the letter that a place was kept for; nil for none.
	Hand(c *Claim)
}

// NewService makes a Service.
func NewService(store Store, keys *secret.Keyring, settings Settings, now func() time.Time, courier Courier) *Service {
	return &Service{store: store, keys: keys, settings: settings, now: now, courier: courier}
}

// Asker is the browser that asks.
type Asker struct {
	Browser   secret.Hash
	IP        string // for showing
	Network   string // for limits: the address, or its /64 for IPv6
	UserAgent string
	Locale    string
}

// Start stores a challenge for a typed address and a letter to it. It returns
// ErrAddress for a text that is no address and *idp.LimitedError at a limit.
// Known and unknown addresses take the same path.
func (s *Service) Start(ctx context.Context, typed, flow, clientID string, a Asker) (Challenge, error) {
	email, err := ParseAddress(typed)
	if err != nil {
		return Challenge{}, err
	}
	now := s.now()
	c := Challenge{
		ID: secret.NewID("", now), Flow: flow, ClientID: clientID, Email: email, EmailTyped: email,
		Browser: a.Browser, IP: a.IP, UserAgent: a.UserAgent, Locale: a.Locale, Number: newNumber(),
		State: Pending, Sends: 1, NextSendAt: now.Add(s.settings.resendAfter(1)),
		CreatedAt: now, ExpiresAt: now.Add(s.settings.ChallengeTTL),
	}
	take := s.courier.Reserve()
	claim, err := s.store.CreateChallenge(ctx, c, letterFor(&c, now), s.sendCounts(email, a.Network), take)
	if take != nil {
		s.courier.Hand(claim)
	}
	if err != nil {
		return Challenge{}, fmt.Errorf("start login: %w", err)
	}
	if claim == nil {
		s.courier.Wake() // there may be one in the store
	}
	return c, nil
}

func letterFor(c *Challenge, now time.Time) Letter {
	return Letter{
		ID: secret.NewID("let_", now), ChallengeID: c.ID, Recipient: c.Email, Locale: c.Locale, ClientID: c.ClientID,
		Number: c.Number, UserAgent: c.UserAgent, AskedAt: now, ExpiresAt: c.ExpiresAt,
	}
}

// newNumber returns two digits that tell one waiting page from another.
func newNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	if err != nil {
		panic("magiclink: the system gives no random numbers: " + err.Error())
	}
	return fmt.Sprint(10 + n.Int64())
}

// Status returns what the waiting page of a challenge shows, to the browser that
// asked: idp.ErrNotFound, or idp.ErrForeignBrowser for every other browser.
func (s *Service) Status(ctx context.Context, id string, browser secret.Hash) (Status, error) {
	st, err := s.store.Status(ctx, id, s.now())
	if err != nil {
		return Status{}, fmt.Errorf("read login status: %w", err)
	}
	if browser == "" || st.Challenge.Browser != browser {
		return Status{}, idp.ErrForeignBrowser
	}
	left := max(0, s.settings.ChallengeAttempts-st.Challenge.Failures)
	st.Tries = min(max(0, s.settings.CodeAttempts-st.Tries), left)
	st.MaySendAgain = st.Challenge.Sends < s.settings.SendsPerChallenge
	return st, nil
}

// SendAgain asks for another mail. Codes of earlier mails stay valid until they
// expire, and the wrong codes so far stay counted.
func (s *Service) SendAgain(ctx context.Context, id string, a Asker) error {
	c, err := s.store.Challenge(ctx, id)
	if err != nil {
		return fmt.Errorf("send again: %w", err)
	}
	now := s.now()
	if c.Browser != a.Browser || a.Browser == "" {
		return idp.ErrForeignBrowser
	}
	if c.Expired(now) {
		return idp.ErrExpired
	}
	err = s.store.Resend(ctx, Resend{
		ChallengeID: id, Browser: a.Browser, Letter: letterFor(&c, now), MaxSends: s.settings.SendsPerChallenge,
		NextSendAt: func(sends int) time.Time { return now.Add(s.settings.resendAfter(sends)) },
		Counts:     s.sendCounts(c.Email, a.Network), Now: now,
	})
	if err != nil {
		return fmt.Errorf("send again: %w", err)
	}
	s.courier.Wake()
	return nil
}
