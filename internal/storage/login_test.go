package storage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

var start = time.UnixMilli(1_800_000_000_000).UTC()

// mailbox is one login under way: a service, and the secrets of its last mail.
type mailbox struct {
	t     *testing.T
	store *storage.Store
	login *magiclink.Service
	now   time.Time
}

func newMailbox(t *testing.T, s *storage.Store) *mailbox {
	t.Helper()
	m := &mailbox{t: t, store: s, now: start}
	m.login = m.service(magiclink.Defaults())
	return m
}

func (m *mailbox) service(settings magiclink.Settings) *magiclink.Service {
	m.t.Helper()
	return magiclink.NewService(m.store, m.keys(), settings, func() time.Time { return m.now }, queueOnly{})
}

// queueOnly is a courier whose hands are always full: every letter waits in the
// outbox.
type queueOnly struct{}

func (queueOnly) Wake()                    {}
func (queueOnly) Reserve() *magiclink.Take { return nil }
func (queueOnly) Hand(*magiclink.Claim)    {}

func (m *mailbox) take() *magiclink.Take {
	return &magiclink.Take{Lease: 30 * time.Second, Mint: m.login.Mint, MayReceive: func(string, string, bool) bool { return true }}
}

func asker(browser, network string) magiclink.Asker {
	return magiclink.Asker{Browser: secret.TokenOf(browser).Hash(secret.KindBrowser), IP: network, Network: network, UserAgent: "test"}
}

// ask starts a login and "sends" its mail.
func (m *mailbox) ask(email, browser string) (magiclink.Challenge, magiclink.Minted) {
	m.t.Helper()
	c, err := m.login.Start(context.Background(), email, "", "app", asker(browser, "192.0.2.1"))
	if err != nil {
		m.t.Fatal(err)
	}
	return c, m.send()
}

func (m *mailbox) send() magiclink.Minted {
	m.t.Helper()
	claim, err := m.store.ClaimLetter(context.Background(), m.now, m.take())
	if err != nil || claim == nil {
		m.t.Fatalf("claim letter: %v, %v", claim, err)
	}
	m.delivered(claim)
	return claim.Minted
}

func (m *mailbox) delivered(claim *magiclink.Claim) {
	m.t.Helper()
	late, err := m.store.LettersDone(context.Background(), []magiclink.Fate{{LetterID: claim.Letter.ID, Try: claim.Tries, Delivery: accepted(m.now)}})
	if err != nil || len(late) > 0 {
		m.t.Fatal(late, err)
	}
}

func accepted(now time.Time) magiclink.Delivery {
	return magiclink.Delivery{State: magiclink.Accepted, AcceptedAt: now, NextAt: now}
}

// use presses the button of a link as the pages do.
func (m *mailbox) use(mail magiclink.Minted, a magiclink.Asker) (magiclink.Approval, secret.Token, error) {
	ok, session, err := m.login.UseOwnLink(context.Background(), mail.Link, a)
	if !errors.Is(err, idp.ErrNotFound) {
		return ok, session, err
	}
	l, err := m.login.OpenLink(context.Background(), mail.Link, a.Browser)
	if err != nil {
		return magiclink.Approval{}, secret.Token{}, err
	}
	if l.Here {
		return magiclink.Approval{}, secret.Token{}, idp.ErrUsed
	}
	return m.login.UseLinkElsewhere(context.Background(), l, a)
}

func wrongFor(code secret.Token) string {
	if code.Reveal() == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeSignsIn(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		c, mail := m.ask("Ada@Example.com", "b1")
		typed := mail.Code.Reveal()[:3] + " " + mail.Code.Reveal()[3:]
		ok, token, err := m.login.SubmitCode(context.Background(), c.ID, typed, asker("b1", "192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		in, err := s.SignedIn(context.Background(), token.Hash(secret.KindSession), "app", m.now)
		if err != nil || in.User.Email != "ada@example.com" || in.Session.ID != ok.Session.ID {
			t.Fatalf("signed in as %+v, %v", in, err)
		}
		// The same person again is the same user.
		c, mail = m.ask("ada@example.com", "b2")
		again, _, err := m.use(mail, asker("b2", "192.0.2.1"))
		if err != nil || again.User.ID != ok.User.ID || again.Challenge.ID != c.ID {
			t.Fatalf("second login: %+v, %v", again, err)
		}
	})
}

// A guesser with many connections must not get more comparisons than the limit:
// every try is counted before it is compared.
func TestParallelGuessesStayWithinTheLimit(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		c, mail := m.ask("ada@example.com", "b1")
		compared := 0
		var mu sync.Mutex
		errs := race(32, func(int) error {
			_, err := s.TryCode(context.Background(), magiclink.CodeTry{
				ChallengeID: c.ID, Browser: c.Browser, CodeAttempts: 3, ChallengeAttempts: 6, Now: m.now,
				Matches: func(magiclink.Secret) bool { mu.Lock(); compared++; mu.Unlock(); return false },
			})
			return err
		})
		if compared > 6 {
			t.Fatalf("%d guesses were compared, the limit is 6", compared)
		}
		for _, err := range errs {
			if !errors.Is(err, idp.ErrWrongCode) && !errors.Is(err, idp.ErrLocked) {
				t.Fatalf("unexpected error %v", err)
			}
		}
		_, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1"))
		if !errors.Is(err, idp.ErrLocked) {
			t.Fatalf("the right code after the limit: %v", err)
		}
		// Nobody is ever locked out of the link.
		if _, _, err := m.use(mail, asker("b1", "192.0.2.1")); err != nil {
			t.Fatalf("the link after the lock: %v", err)
		}
	})
}

func TestThreeWrongTriesPerCodeAndAResendBringsMore(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		c, mail := m.ask("ada@example.com", "b1")
		for range 3 {
			_, _, err := m.login.SubmitCode(ctx, c.ID, wrongFor(mail.Code), asker("b1", "192.0.2.1"))
			if !errors.Is(err, idp.ErrWrongCode) {
				t.Fatal(err)
			}
		}
		_, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1"))
		if !errors.Is(err, idp.ErrWrongCode) {
			t.Fatalf("a code after three wrong tries: %v", err)
		}
		var limited *idp.LimitedError
		if err := m.login.SendAgain(ctx, c.ID, asker("b1", "192.0.2.1")); !errors.As(err, &limited) {
			t.Fatalf("resend within the pause: %v", err)
		}
		m.now = m.now.Add(time.Minute)
		if err := m.login.SendAgain(ctx, c.ID, asker("b1", "192.0.2.1")); err != nil {
			t.Fatal(err)
		}
		second := m.send()
		if _, _, err := m.login.SubmitCode(ctx, c.ID, second.Code.Reveal(), asker("b1", "192.0.2.1")); err != nil {
			t.Fatalf("the new code: %v", err)
		}
	})
}

// grantOf signs a person in and returns a grant that a code would carry.
func (m *mailbox) grantOf(email string) idp.Grant {
	m.t.Helper()
	_, mail := m.ask(email, "b1")
	ok, _, err := m.use(mail, asker("b1", "192.0.2.1"))
	if err != nil {
		m.t.Fatal(err)
	}
	return m.grantFor(ok)
}

func (m *mailbox) grantFor(ok magiclink.Approval) idp.Grant {
	return idp.Grant{
		ID: secret.NewID("grt_", m.now), ClientID: "app", UserID: ok.User.ID, SessionID: ok.Session.ID, Scopes: []string{"openid", "offline_access"},
		CreatedAt: m.now, LastUsedAt: m.now, ExpiresAt: m.now.Add(time.Hour), AbsoluteAt: m.now.Add(24 * time.Hour), RefreshSalt: "salt", Generation: 1,
	}
}

func TestSecondRedemptionRevokesTheGrant(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		g := m.grantOf("ada@example.com")
		ctx := context.Background()
		if _, _, err := s.RedeemCode(ctx, g, m.now); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.RedeemCode(ctx, g, m.now); !errors.Is(err, idp.ErrUsed) {
			t.Fatalf("second redemption: %v", err)
		}
		if _, _, err := s.Grant(ctx, g.ID, m.now); !errors.Is(err, idp.ErrRevoked) {
			t.Fatalf("the grant after a replay: %v", err)
		}
	})
}

// gorm drops zero values from struct conditions, so that an empty token would
// find somebody's row. Every look-up by a secret refuses what is not one.
func TestDegenerateSecretsFindNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		m.grantOf("ada@example.com")
		ctx := context.Background()
		for _, v := range []string{"", " ", "0", "null", "[]", "%", "' OR 1=1 --", "\x00", strings.Repeat("A", 43), "undefined"} {
			if in, err := s.SignedIn(ctx, secret.Hash(v), "app", m.now); !errors.Is(err, idp.ErrNotFound) && v != "\x00" {
				t.Errorf("session %q: %v, %v", v, in, err)
			} else if err == nil {
				t.Errorf("session %q found one", v)
			}
			if _, _, err := s.ByLink(ctx, secret.Hash(v)); err == nil {
				t.Errorf("link %q found one", v)
			}
			if _, _, err := s.Grant(ctx, v, m.now); err == nil {
				t.Errorf("grant %q found one", v)
			}
			if _, err := m.login.OpenLink(ctx, secret.TokenOf(v), "x"); err == nil {
				t.Errorf("OpenLink %q found one", v)
			}
			if _, err := s.Challenge(ctx, v); err == nil {
				t.Errorf("challenge %q found one", v)
			}
		}
	})
}

func TestSoftBurn(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		c, mail := m.ask("ada@example.com", "b1")
		if _, _, err := m.use(mail, asker("phone", "198.51.100.7")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.use(mail, asker("b1", "192.0.2.1")); !errors.Is(err, idp.ErrUsed) {
			t.Fatalf("the link a second time: %v", err)
		}
		if _, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); err != nil {
			t.Fatalf("the code after the link was used elsewhere: %v", err)
		}
	})
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		c, mail := m.ask("ada@example.com", "b1")
		m.now = start.Add(10*time.Minute - time.Second)
		if _, err := m.login.OpenLink(ctx, mail.Link, c.Browser); err != nil {
			t.Fatalf("one second before its end: %v", err)
		}
		m.now = start.Add(10*time.Minute + time.Second)
		if _, err := m.login.OpenLink(ctx, mail.Link, c.Browser); !errors.Is(err, idp.ErrExpired) {
			t.Fatalf("one second after its end: %v", err)
		}
		if _, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); !errors.Is(err, idp.ErrWrongCode) {
			t.Fatalf("the code after its end: %v", err)
		}
		m.now = start.Add(31 * time.Minute)
		if _, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); !errors.Is(err, idp.ErrExpired) {
			t.Fatalf("after the challenge's end: %v", err)
		}
	})
}

func TestSendLimits(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		for i := range 5 {
			if _, err := m.login.Start(ctx, "ada@example.com", "", "", asker("b", fmt.Sprint("192.0.2.", i))); err != nil {
				t.Fatal(err)
			}
		}
		_, err := m.login.Start(ctx, "ADA@example.com", "", "", asker("b", "192.0.2.99"))
		var limited *idp.LimitedError
		if !errors.As(err, &limited) || limited.Limit != "send_per_address" || limited.RetryAt != start.Add(5*time.Minute) {
			t.Fatalf("the sixth mail in five minutes: %v", err)
		}
		m.now = start.Add(5 * time.Minute)
		if _, err := m.login.Start(ctx, "ada@example.com", "", "", asker("b", "192.0.2.99")); err != nil {
			t.Fatalf("in the next window: %v", err)
		}
	})
}

// A letter that its own request took is nobody else's until the lease runs out;
// then it is sent like any other.
func TestTakenLetter(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m, ctx := newMailbox(t, s), context.Background()
		c := magiclink.Challenge{
			ID: secret.NewID("", m.now), Email: "ada@example.com", Browser: asker("b", "").Browser, State: magiclink.Pending, Sends: 1,
			CreatedAt: m.now, ExpiresAt: m.now.Add(time.Hour),
		}
		l := magiclink.Letter{ID: secret.NewID("let_", m.now), ChallengeID: c.ID, Recipient: c.Email, AskedAt: m.now, ExpiresAt: c.ExpiresAt}
		claim, err := s.CreateChallenge(ctx, c, l, magiclink.Admission{}, m.take())
		if err != nil || claim == nil || claim.Tries != 1 {
			t.Fatal(claim, err)
		}
		if _, err := s.ClaimLetter(ctx, m.now.Add(29*time.Second), m.take()); !errors.Is(err, idp.ErrNotFound) {
			t.Fatalf("a worker took the letter of a request: %v", err)
		}
		if _, _, err := m.use(claim.Minted, asker("b", "")); err != nil {
			t.Fatalf("the secrets of a taken letter: %v", err)
		}
		again, err := s.ClaimLetter(ctx, m.now.Add(31*time.Second), m.take())
		if err != nil || again.Letter.ID != l.ID || again.Tries != 2 {
			t.Fatalf("after the lease: %v, %v", again, err)
		}
	})
}

func TestWorkerLease(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx := context.Background()
		challenge, err := m.login.Start(ctx, "ada@example.com", "", "", asker("b", "192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		claim := func() (*magiclink.Claim, error) {
			return s.ClaimLetter(ctx, m.now, m.take())
		}
		first, err := claim()
		if err != nil || first.Tries != 1 {
			t.Fatal(first, err)
		}
		if _, err := claim(); !errors.Is(err, idp.ErrNotFound) {
			t.Fatalf("a second worker took a leased letter: %v", err)
		}
		m.now = m.now.Add(31 * time.Second) // the first worker died
		second, err := claim()
		if err != nil || second.Tries != 2 {
			t.Fatalf("after the lease: %v, %v", second, err)
		}
		// Its word counts no more, and the word on other letters that it brings does.
		other, err := m.login.Start(ctx, "bob@example.com", "", "", asker("b", "192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		third, err := claim()
		if err != nil {
			t.Fatal(err)
		}
		late, err := s.LettersDone(ctx, []magiclink.Fate{
			{LetterID: third.Letter.ID, Try: third.Tries, Delivery: accepted(m.now)},
			{LetterID: first.Letter.ID, Try: first.Tries, Delivery: magiclink.Delivery{State: magiclink.Refused}},
		})
		if err != nil || !slices.Equal(late, []string{first.Letter.ID}) {
			t.Fatalf("late: %v, %v", late, err)
		}
		for id, want := range map[string]magiclink.DeliveryState{challenge.ID: magiclink.Sending, other.ID: magiclink.Accepted} {
			if st, err := s.Status(ctx, id, m.now); err != nil || st.Delivery.State != want {
				t.Errorf("%+v, %v, want %s", st.Delivery, err, want)
			}
		}
	})
}
