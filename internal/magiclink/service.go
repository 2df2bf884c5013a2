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
//
// An approval ends what the browser was signed in with before: a session of the same
// person goes on under the new token, with the applications that know of it, and one
// of anybody else is signed out.
type Store interface {
	// CreateChallenge asks for admission, then stores the challenge and its letter,
	// or returns *idp.LimitedError and stores nothing. With take, it returns the
	// letter for the caller to send; nil if nothing is to be sent.
	CreateChallenge(ctx context.Context, c Challenge, l Letter, a Admission, take *Take) (*Claim, error)
	// Challenge returns idp.ErrNotFound if there is none.
	Challenge(ctx context.Context, id string) (Challenge, error)
	// Status returns a challenge with its newest mail and CodeFailures; the rest is
	// the Service's to say.
	Status(ctx context.Context, id string, now time.Time) (Status, error)
	// Resend stores another letter if the challenge has sends left and its pause
	// is over, else *idp.LimitedError.
	Resend(ctx context.Context, r Resend) error
	// TryCode counts the attempt, compares, and approves; see CodeTry.
	TryCode(ctx context.Context, t CodeTry) (Approval, error)
	// Disown cancels a challenge, ends the sessions it made and the marks that came
	// of them, and fills the counters of pause until a time.
	Disown(ctx context.Context, challengeID string, pause []Count, until, now time.Time) error
	// StoreNotice stores a letter that nobody waits for.
	StoreNotice(ctx context.Context, l Letter) error
	LinkStore
	NativeStore
	BudgetStore
}

// BudgetStore is the part of Store that only counts.
type BudgetStore interface {
	// Tally counts, or returns *idp.LimitedError and counts nothing.
	Tally(ctx context.Context, counts []Count, now time.Time) error
	// GiveBack takes uses back, all or none.
	GiveBack(ctx context.Context, back []Return) error
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
	// CodeFailures is how many wrong codes the newest live code has seen.
	CodeFailures int
	Tries        int  // wrong codes still allowed
	LongCode     bool // the newest code has eight characters
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
	NewDomain   *Count // see Admission
	// Judge says whether the mail goes out. It is asked only if the one before did: who
	// gets no mail gets none by asking twice.
	Judge func(Recipient) bool
	Now   time.Time
}

// Service runs the login by mail.
type Service struct {
	store    Store
	keys     *secret.Keyring
	settings Settings
	now      func() time.Time
	courier  Courier
	meters   meters
	returns  returns
	strength strength

	noticeLost func(error)
	held       func(limit string)
	asked      func(ctx context.Context, c *Challenge, again bool)
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
	settings.Limits = settings.Limits.sorted()
	s := &Service{store: store, keys: keys, settings: settings, now: now, courier: courier}
	s.meters = s.newMeters()
	return s
}

// OnAsked has somebody hear of every mail that is asked for, and of every further
// one of the same challenge, whether it goes out or not. It must not block.
func (s *Service) OnAsked(asked func(ctx context.Context, c *Challenge, again bool)) {
	s.asked = asked
}

func (s *Service) tellAsked(ctx context.Context, c *Challenge, again bool) {
	if s.asked != nil {
		s.asked(ctx, c, again)
	}
}

// Asker is the browser that asks.
type Asker struct {
	Browser   secret.Hash
	Session   secret.Hash // of the session cookie, live or not; "" for none
	IP        string      // for showing; mails are counted by its Network
	Network   string      // for limits: see Network
	Marks     []string    // of addresses that signed in in this browser: see Remember
	Worked    bool        // it did the work that NeedsWork asks for
	UserAgent string
	Locale    string
	Native    bool // no browser, but an application; see StartNative
}

// Start stores a challenge for a typed address and a letter to it. It returns
// ErrAddress for a text that is no address and *idp.LimitedError at a limit.
// Known and unknown addresses take the same path.
func (s *Service) Start(ctx context.Context, typed, flow, clientID string, a Asker) (Challenge, error) {
	email, err := s.ParseAddress(typed)
	if err != nil {
		return Challenge{}, err
	}
	now := s.now()
	knownAs, marked := s.markOf(email, a.Marks)
	if err := s.full(now); err != nil && knownAs == "" {
		return Challenge{}, fmt.Errorf("start login: %w", err)
	}
	c := Challenge{
		ID: secret.NewID("", now), Flow: flow, ClientID: clientID, Email: email, EmailTyped: email,
		Browser: a.Browser, IP: a.IP, UserAgent: a.UserAgent, Locale: a.Locale, Number: newNumber(a),
		State: Pending, Sends: 1, NextSendAt: now.Add(s.settings.resendAfter(1)),
		CreatedAt: now, ExpiresAt: now.Add(s.settings.ChallengeTTL), KnownAs: knownAs,
	}
	take := s.courier.Reserve()
	due, lost := s.meters.due(now, true)
	sent := false
	admission := Admission{
		Counts: append(s.sendCounts(&c), due...), NewDomain: s.newDomain(email), Marked: marked,
		Judge: func(_ context.Context, r Recipient) (bool, error) {
			if r.Unmarked {
				c.KnownAs = ""
				if err := s.full(now); err != nil {
					return false, err
				}
			}
			sent = s.judge(email, clientID, c.KnownAs != "", a.Worked, r, now)
			c.Unwelcome = !sent && !r.Disabled && !s.MayReceive(email, clientID, r.Known)
			return sent, nil
		},
	}
	if knownAs != "" {
		unmarked := c
		unmarked.KnownAs = ""
		admission.Unmarked = s.sendCounts(&unmarked)
	}
	claim, err := s.store.CreateChallenge(ctx, c, letterFor(&c, now), admission, take)
	if take != nil {
		s.courier.Hand(claim)
	}
	if err != nil {
		if !isLimited(err) { // a limit keeps what the meters wrote
			lost()
		}
		return Challenge{}, fmt.Errorf("start login: %w", err)
	}
	if take == nil || sent && claim == nil {
		s.courier.Wake()
	}
	s.tellAsked(ctx, &c, false)
	return c, nil
}

func letterFor(c *Challenge, now time.Time) Letter {
	return Letter{
		ID: secret.NewID("let_", now), ChallengeID: c.ID, Recipient: c.Email, Locale: c.Locale, ClientID: c.ClientID,
		Number: c.Number, UserAgent: c.UserAgent, AskedAt: now, ExpiresAt: c.ExpiresAt,
	}
}

// newNumber returns two digits that tell one waiting page from another; none
// where no page of ours waits.
func newNumber(a Asker) string {
	if a.Native {
		return ""
	}
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
	if st.CodeEnds.IsZero() {
		st.LongCode = s.longCodes(s.now())
	}
	left := max(0, s.settings.ChallengeAttempts-st.Challenge.Failures)
	st.Tries = min(max(0, s.settings.CodeAttempts-st.CodeFailures), left)
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
	if err := s.full(now); err != nil && c.KnownAs == "" {
		return fmt.Errorf("send again: %w", err)
	}
	if c.Browser != a.Browser || a.Browser == "" {
		return idp.ErrForeignBrowser
	}
	if c.State == Cancelled {
		return ErrCancelled // before the pause of whoever asked
	}
	if c.Expired(now) {
		return idp.ErrExpired
	}
	err = s.store.Resend(ctx, Resend{
		ChallengeID: id, Browser: a.Browser, Letter: letterFor(&c, now), MaxSends: s.settings.SendsPerChallenge,
		NextSendAt: func(sends int) time.Time { return now.Add(s.settings.resendAfter(sends)) },
		Counts:     s.sendCounts(&c), NewDomain: s.newDomain(c.Email), Now: now,
		Judge: func(r Recipient) bool { return s.judge(c.Email, c.ClientID, c.KnownAs != "", a.Worked, r, now) },
	})
	if err != nil {
		return fmt.Errorf("send again: %w", err)
	}
	s.courier.Wake()
	s.tellAsked(ctx, &c, true)
	return nil
}
