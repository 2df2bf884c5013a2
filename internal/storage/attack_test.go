package storage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/prove"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// watched is a store that counts what is compared: a six-digit guess with a
// six-digit code. Others cannot be right.
type watched struct {
	*storage.Store
	evaluated atomic.Int64
	typed     atomic.Int64 // tries that were compared at all
}

func (w *watched) TryCode(ctx context.Context, t magiclink.CodeTry) (magiclink.Approval, error) {
	matches := t.Matches
	short, any := false, false
	t.Matches = func(s magiclink.Secret) bool {
		any, short = true, short || !s.Long()
		return matches(s)
	}
	ok, err := w.Store.TryCode(ctx, t)
	if any {
		w.typed.Add(1)
	}
	if short {
		w.evaluated.Add(1)
	}
	return ok, err
}

// watch puts the mailbox's service on a watched store.
func (m *mailbox) watch(settings magiclink.Settings) *watched {
	w := &watched{Store: m.store}
	m.login = magiclink.NewService(w, m.keys(), settings, func() time.Time { return m.now }, queueOnly{})
	return w
}

func (m *mailbox) try(c magiclink.Challenge, code, browser, network string) error {
	_, _, err := m.login.SubmitCode(context.Background(), c.ID, code, asker(browser, network))
	return err
}

// 499 wrong codes and the right one, all at once, with no budget in the way but
// that of the challenge.
func TestManyConnectionsOneChallenge(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		settings := magiclink.Defaults()
		wide := magiclink.Rate{Max: 1_000_000, Window: time.Hour}
		settings.Limits.CodesPerIP, settings.Limits.WrongPerIP, settings.Limits.CodesPerBrowser, settings.Limits.WrongPerAddress = []magiclink.Rate{wide}, magiclink.Rate{}, wide, wide
		settings.Limits.LongCodesAbove, settings.Limits.WrongShortCodes = wide, wide.Max
		w := m.watch(settings)
		c, mail := m.ask("ada@example.com", "b")
		in := atomic.Int64{}
		for _, err := range race(500, func(i int) error {
			code := wrongFor(mail.Code)
			if i == 499 {
				code = mail.Code.Reveal()
			}
			err := m.try(c, code, "b", "192.0.2.1")
			if err == nil {
				in.Add(1)
			}
			return err
		}) {
			// On a slow machine, some find no place at the database in time.
			if err != nil && !errors.Is(err, idp.ErrWrongCode) && !errors.Is(err, idp.ErrLocked) && !errors.Is(err, idp.ErrUsed) && !errors.Is(err, idp.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		if n := w.typed.Load(); n == 0 || n > int64(settings.ChallengeAttempts)+in.Load() {
			t.Errorf("%d of 500 codes were compared, the limit is %d", n, settings.ChallengeAttempts)
		}
	})
}

// A day of guessing at every account from thousands of networks. What counts is
// how many six-digit guesses the installation compares: docs/limits.md says what
// that means in accounts lost per year.
func TestADayOfGuessingEverywhere(t *testing.T) {
	t.Parallel()
	accounts, networks := prove.Count(60, 10_000), prove.Count(30, 5_000)
	m := newMailbox(t, testdb.Open(t, testdb.URL(t, "sqlite")))
	settings := magiclink.Defaults()
	victim := func(i int) string { return fmt.Sprintf("user%d@example.com", i) }
	settled := settings.Limits
	settled.SendPerIP, settled.SendUnknown.Max, settled.SendPerNewDomain.Max = []magiclink.Rate{{Max: 1 << 30, Window: time.Hour}}, 1<<30, 1<<30
	easy := settings
	easy.Limits = settled
	m.login = m.service(easy)
	for i := range accounts {
		m.signUp(victim(i))
	}
	marks := m.login.Remember(victim(0), time.Time{}, nil)
	w := m.watch(settings)
	m.now = m.now.Add(25 * time.Hour)

	taken := 0
	for hour := range 24 {
		m.now = m.now.Add(time.Hour)
		var open []magiclink.Challenge
		from := func(i int) (browser, network string) {
			n := (i + hour*7) % networks
			return fmt.Sprint("bot", hour, ".", i), fmt.Sprintf("198.%d.%d.%d", 18+n/65536, n/256%256, n%256)
		}
		for i := range accounts {
			browser, network := from(i)
			c, err := m.login.Start(context.Background(), victim(i), "", "", asker(browser, network))
			if limited := (*idp.LimitedError)(nil); err != nil && !errors.As(err, &limited) {
				t.Fatal(err)
			}
			open = append(open, c)
		}
		m.deliverAll()
		for i, c := range open {
			browser, network := from(i)
			for try := range settings.CodeAttempts {
				if c.ID != "" && m.try(c, fmt.Sprintf("%06d", (hour*31+i*7+try)%1_000_000), browser, network) == nil {
					taken++
				}
			}
		}
	}
	// The hard number of docs/limits.md: so many an hour, whatever the attacker does.
	if n, most := w.evaluated.Load(), int64(24*settings.Limits.WrongShortCodes); n > most || n == 0 {
		t.Errorf("%d six-digit guesses were compared in a day, documented are %d at most", n, most)
	}
	// No account is tried more often than its own budget, over the two windows that a
	// day can touch.
	if n, most := w.typed.Load(), int64(2*accounts*settings.Limits.WrongPerAddress.Max); n > most {
		t.Errorf("%d guesses in all, the accounts' budgets are %d", n, most)
	}
	prove.Figure(t, fmt.Sprintf("a day of guessing at %d accounts from %d networks", accounts, networks),
		"%d guesses compared, %d of them with six digits; %d accounts taken", w.typed.Load(), w.evaluated.Load(), taken)

	home := asker("home", "203.0.113.5")
	home.Marks = marks
	if _, err := m.login.Start(context.Background(), victim(0), "", "", home); err != nil {
		t.Fatalf("the owner asks from their own browser: %v", err)
	}
	if _, _, err := m.use(m.send(), home); err != nil {
		t.Fatalf("the owner's link: %v", err)
	}
}

// deliverAll sends what waits.
func (m *mailbox) deliverAll() (n int) {
	m.t.Helper()
	for {
		claim, err := m.store.ClaimLetter(context.Background(), m.now, m.take())
		if errors.Is(err, idp.ErrNotFound) {
			return n
		}
		if err != nil {
			m.t.Fatal(err)
		}
		if claim != nil {
			m.delivered(claim)
			n++
		}
	}
}

// Somebody lets a program ask for mails to one address for a day, from everywhere.
// The owner gets no more than the budget, and still gets in from home.
func TestBombingOneAddress(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		m.signUp("ada@example.com")
		home := asker("home", "203.0.113.5")
		home.Marks = m.login.Remember("ada@example.com", time.Time{}, nil)
		m.now = m.now.Add(24 * time.Hour)
		day := 0
		for hour := range 24 {
			mails := 0
			for i := range 12 {
				for j := range 3 {
					_, err := m.login.Start(context.Background(), "ada@example.com", "", "", asker(fmt.Sprint(hour, i, j), fmt.Sprintf("198.51.%d.%d", hour, i*3+j)))
					if limited := (*idp.LimitedError)(nil); err != nil && (!errors.As(err, &limited) || !limited.RetryAt.After(m.now)) {
						t.Fatal(err)
					}
				}
				mails += m.deliverAll()
				m.now = m.now.Add(5 * time.Minute)
			}
			if mails > 10 {
				t.Errorf("%d mails in hour %d", mails, hour)
			}
			day += mails
		}
		if day != 20 {
			t.Errorf("%d mails in a day, the budget is 20", day)
		}
		m.now = m.now.Add(-time.Minute)
		if _, err := m.login.Start(context.Background(), "ada@example.com", "", "", home); err != nil {
			t.Fatalf("the owner, from a browser that is known: %v", err)
		}
		if _, _, err := m.use(m.send(), home); err != nil {
			t.Fatal(err)
		}
		// The same mark opens nothing for another address.
		if _, err := m.login.Start(context.Background(), "ada@example.com", "", "", magiclink.Asker{
			Browser: home.Browser, Network: "198.51.100.200", Marks: m.login.Remember("bob@example.com", time.Time{}, nil),
		}); err == nil {
			t.Error("bob's mark works for ada")
		}
	})
}

// keys is the root of every service of these tests.
func (m *mailbox) keys() *secret.Keyring {
	m.t.Helper()
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		m.t.Fatal(err)
	}
	return keys
}
