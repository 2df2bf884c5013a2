package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// with replaces the mailbox's service by one with other numbers.
func (m *mailbox) with(change func(*magiclink.Settings)) *mailbox {
	m.t.Helper()
	settings := magiclink.Defaults()
	change(&settings)
	m.login = m.service(settings)
	return m
}

// process is a second process beside the first, on the same database.
func (m *mailbox) process(change func(*magiclink.Settings)) *mailbox {
	return (&mailbox{t: m.t, store: m.store, now: m.now}).with(change)
}

// sent counts the mails that go out for n requests from as many networks.
func (m *mailbox) sent(n int, address func(i int) string) (out int) {
	m.t.Helper()
	for i := range n {
		a := asker(fmt.Sprint("b", i), fmt.Sprintf("198.51.%d.%d", i/250, i%250))
		if _, err := m.login.Start(context.Background(), address(i), "", "", a); err != nil {
			var limited *idp.LimitedError
			if !errors.As(err, &limited) {
				m.t.Fatal(err)
			}
		}
	}
	for {
		claim, err := m.store.ClaimLetter(context.Background(), m.now, m.take())
		if errors.Is(err, idp.ErrNotFound) {
			return out
		}
		if err != nil {
			m.t.Fatal(err)
		}
		if claim != nil {
			out++
			m.delivered(claim)
		}
	}
}

func (m *mailbox) signUp(email string) {
	m.t.Helper()
	_, mail := m.ask(email, "theirs")
	if _, _, err := m.use(mail, asker("theirs", "192.0.2.1")); err != nil {
		m.t.Fatal(err)
	}
}

// Whoever makes a provider write to strangers ruins its name as a sender. Above
// the budget strangers get no mail, people who signed in before still do, and
// nobody can tell them apart by the answer.
func TestStrangersHaveABudget(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) { s.Limits.SendUnknown.Max = 7; s.Limits.SendPerNewDomain.Max = 100 })
		m.signUp("ada@example.com")
		if n := m.sent(20, func(i int) string { return fmt.Sprintf("x%d@example.org", i) }); n != 6 { // and ada's first
			t.Errorf("%d mails to strangers, want 6", n)
		}
		c, err := m.login.Start(context.Background(), "stranger@example.org", "", "", asker("s", "203.0.113.1"))
		if err != nil {
			t.Fatalf("a stranger hears of it: %v", err)
		}
		if claim, err := s.ClaimLetter(context.Background(), m.now, m.take()); claim != nil || err != nil {
			t.Fatalf("the stranger gets a mail: %v, %v", claim, err)
		}
		if st, err := m.login.Status(context.Background(), c.ID, c.Browser); err != nil || st.Delivery.State != magiclink.Accepted || st.Tries != 3 {
			t.Fatalf("the stranger's page shows %+v, %v", st, err)
		}
		m.now = m.now.Add(time.Minute)
		if err := m.login.SendAgain(context.Background(), c.ID, asker("s", "203.0.113.1")); err != nil {
			t.Fatal(err)
		}
		if n := m.sent(1, func(int) string { return "ada@example.com" }); n != 1 {
			t.Errorf("%d mails: ada's, and none to the stranger who asked twice", n)
		}
		m.now = m.now.Add(time.Hour)
		if n := m.sent(1, func(int) string { return "late@example.org" }); n != 1 {
			t.Error("an hour later there is no room again")
		}
	})
}

func TestNewDomainsHaveABudget(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) { s.Limits.SendPerNewDomain.Max = 3 })
		m.signUp("ada@example.com")
		for domain, want := range map[string]int{"example.org": 3, "example.net": 3, "example.com": 8, "notexample.com": 3} {
			if n := m.sent(8, func(i int) string { return fmt.Sprintf("x%d@%s", i, domain) }); n != want {
				t.Errorf("%d of 8 mails to %s, want %d", n, domain, want)
			}
		}
	})
}

// The last fifth of the installation's mails is for people who signed in before;
// then everybody is refused alike, but for browsers that are known.
func TestTheInstallationHasABudget(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) {
			s.Limits.SendPerInstance = []magiclink.Rate{{Max: 20, Window: time.Hour}}
			s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 1000, 1000
		})
		for i := range 9 {
			m.signUp(fmt.Sprintf("known%d@example.com", i)) // completed, so it is given back
		}
		if n := m.sent(30, func(i int) string { return fmt.Sprintf("x%d@example.com", i) }); n != 16 {
			t.Errorf("%d mails to strangers, want 16 of 20", n)
		}
		if n := m.sent(9, func(i int) string { return fmt.Sprintf("known%d@example.com", i) }); n != 4 {
			t.Errorf("%d mails to people we know, want the last 4", n)
		}
		for _, email := range []string{"known1@example.com", "x1@example.com"} {
			var limited *idp.LimitedError
			_, err := m.login.Start(context.Background(), email, "", "", asker("z", "203.0.113.7"))
			if !errors.As(err, &limited) || limited.Limit != "send_per_instance" || limited.RetryAt != start.Add(time.Hour) {
				t.Errorf("%s: %v", email, err)
			}
		}
		a := asker("home", "203.0.113.8")
		a.Marks = m.login.Remember("known1@example.com", time.Time{}, nil)
		if _, err := m.login.Start(context.Background(), "known1@example.com", "", "", a); err != nil {
			t.Errorf("from a known browser: %v", err)
		}
	})
}

// Two processes count apart and settle: neither number is lost, and together they
// exceed a budget by no more than what one may keep to itself.
func TestProcessesShareTheirMeters(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		tight := func(s *magiclink.Settings) {
			s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 40, 1000
		}
		a := newMailbox(t, s).with(tight)
		b := a.process(tight)
		total := 0
		for i := range 10 {
			total += a.sent(10, func(j int) string { return fmt.Sprintf("a%d.%d@example.org", i, j) })
			total += b.sent(10, func(j int) string { return fmt.Sprintf("b%d.%d@example.org", i, j) })
		}
		if total < 40 || total > 60 {
			t.Errorf("%d mails to strangers, the budget is 40", total)
		}
		for _, m := range []*mailbox{a, b} {
			if err := m.login.Settle(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		c := a.process(tight)
		if n := c.sent(5, func(j int) string { return fmt.Sprintf("c%d@example.org", j) }); n != 0 {
			t.Errorf("a process that starts now sends %d", n)
		}
	})
}

// What is finished gives its mails back, so that an office behind one address
// can go on all day.
func TestCompletedSignInsGiveTheirMailsBack(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		for i := range 25 {
			c, mail := m.ask("ada@example.com", fmt.Sprint("b", i))
			if _, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker(fmt.Sprint("b", i), "192.0.2.1")); err != nil {
				t.Fatalf("sign-in %d: %v", i, err)
			}
			if err := m.login.Settle(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 5 {
			if _, err := m.login.Start(context.Background(), "ada@example.com", "", "", asker("x", "192.0.2.1")); err != nil {
				t.Fatalf("mail %d that nobody waited for: %v", i, err)
			}
		}
		if _, err := m.login.Start(context.Background(), "ada@example.com", "", "", asker("x", "192.0.2.1")); err == nil {
			t.Fatal("a sixth mail that nobody waited for")
		}
	})
}

// Many wrong codes anywhere make new codes longer; the old ones work for a while,
// then rest; and it passes.
func TestManyWrongCodesMakeCodesLonger(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) {
			s.Limits.LongCodesAbove.Max, s.Limits.WrongShortCodes, s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 6, 12, 1000, 1000
			s.Limits.SendPerIP = []magiclink.Rate{{Max: 1000, Window: time.Hour}}
			s.Limits.CodesPerIP = []magiclink.Rate{{Max: 1000, Window: time.Hour}}
		})
		var changes []bool
		m.login.OnCodeLength(func(long bool, _ int) { changes = append(changes, long) })
		ctx := context.Background()
		wrong := func(n int) (err error) {
			for i := range n {
				b := fmt.Sprint("w", m.now.UnixMilli(), i)
				c, mail := m.ask(fmt.Sprintf("w%d@example.com", i), b)
				_, _, err = m.login.SubmitCode(ctx, c.ID, wrongFor(mail.Code), asker(b, "192.0.2.1"))
			}
			return err
		}
		early, first := m.ask("ada@example.com", "early")
		held, second := m.ask("bob@example.com", "held")
		wrong(7)
		if _, mail := m.ask("eve@example.com", "e"); len(mail.Code.Reveal()) != secret.LongCodeLength {
			t.Fatalf("after 7 wrong codes a code has %d characters", len(mail.Code.Reveal()))
		}
		if _, _, err := m.login.SubmitCode(ctx, early.ID, first.Code.Reveal(), asker("early", "192.0.2.1")); err != nil {
			t.Fatalf("a code from before: %v", err)
		}
		var limited *idp.LimitedError
		wrong(12) // with codes of six digits for mails that carry longer ones
		if _, _, err := m.login.SubmitCode(ctx, held.ID, second.Code.Reveal(), asker("held", "192.0.2.1")); !errors.As(err, &limited) || limited.Limit != "wrong_short_codes" {
			t.Fatalf("a short code after very many wrong ones: %v", err)
		}
		if _, _, err := m.use(second, asker("held", "192.0.2.1")); err != nil {
			t.Fatalf("its link: %v", err)
		}
		c, mail := m.ask("dan@example.com", "d")
		typed := " " + mail.Code.Reveal()[:4] + "-" + mail.Code.Reveal()[4:]
		if _, _, err := m.login.SubmitCode(ctx, c.ID, typed, asker("d", "192.0.2.1")); err != nil {
			t.Fatalf("a long code: %v", err)
		}
		m.now = m.now.Add(61 * time.Minute)
		m.ask("fay@example.com", "f")
		m.now = m.now.Add(61 * time.Minute)
		if _, mail := m.ask("gus@example.com", "g"); len(mail.Code.Reveal()) != 6 || fmt.Sprint(changes) != "[true false]" {
			t.Fatalf("two hours later a code has %d characters; changes %v", len(mail.Code.Reveal()), changes)
		}
	})
}

// Whoever finishes a sign-in of their own gives back what it took, and nothing of
// what mails to strangers fill: neither by a mark that they leave out, nor by the
// link elsewhere and then the code.
func TestOnlyWhatASignInTookIsGivenBack(t *testing.T) {
	t.Parallel()
	for what, finish := range map[string]func(m *mailbox, c magiclink.Challenge, mail magiclink.Minted) error{
		"without its mark": func(m *mailbox, _ magiclink.Challenge, mail magiclink.Minted) error {
			_, _, err := m.use(mail, asker("mine", "192.0.2.1"))
			return err
		},
		"twice": func(m *mailbox, c magiclink.Challenge, mail magiclink.Minted) error {
			if _, _, err := m.use(mail, asker("my other", "192.0.2.1")); err != nil {
				return err
			}
			_, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker("mine", "192.0.2.1"))
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, s *storage.Store) {
				m := newMailbox(t, s).with(func(s *magiclink.Settings) {
					s.Limits.SendPerIP = []magiclink.Rate{{Max: 30, Window: 5 * time.Minute}}
					s.Limits.SendPerInstance = []magiclink.Rate{{Max: 1000, Window: time.Hour}}
				})
				m.signUp("me@example.com")
				if err := m.login.Settle(context.Background()); err != nil {
					t.Fatal(err)
				}
				a, spam := asker("mine", "192.0.2.1"), 30
				if what == "without its mark" {
					a.Marks = m.login.Remember("me@example.com", time.Time{}, nil)
				} else {
					spam = 29
				}
				toStrangers := func(n int) (sent int) {
					for i := range n {
						_, err := m.login.Start(context.Background(), fmt.Sprintf("x%d.%d@example.com", m.now.UnixMilli(), i), "", "", asker(fmt.Sprint("s", i), "192.0.2.1"))
						if err == nil {
							sent++
							m.send()
						}
					}
					return sent
				}
				if n := toStrangers(spam); n != spam {
					t.Fatalf("%d letters to strangers, want %d", n, spam)
				}
				c, err := m.login.Start(context.Background(), "me@example.com", "", "", a)
				if err != nil {
					t.Fatal(err)
				}
				if err := finish(m, c, m.send()); err != nil {
					t.Fatal(err)
				}
				if err := m.login.Settle(context.Background()); err != nil {
					t.Fatal(err)
				}
				m.now = m.now.Add(time.Second)
				if n := toStrangers(5); n != 30-spam {
					t.Errorf("%d more letters to strangers, want %d", n, 30-spam)
				}
			})
		})
	}
}

// Wrong codes of a network have a limit with a name of its own, in answers as in the
// configuration.
func TestWrongCodesOfANetworkHaveAName(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		limits := func(s *magiclink.Settings) {
			s.Limits.CodesPerIP, s.Limits.WrongPerIP = []magiclink.Rate{{Max: 2, Window: time.Minute}}, magiclink.Rate{Max: 3, Window: 24 * time.Hour}
		}
		m := newMailbox(t, s).with(limits)
		var names []string
		for range 6 {
			c, mail := m.ask("ada@example.com", "b")
			_, _, err := m.login.SubmitCode(context.Background(), c.ID, wrongFor(mail.Code), asker("b", "192.0.2.1"))
			var limited *idp.LimitedError
			if errors.As(err, &limited) {
				names = append(names, limited.Limit)
				m.now = m.now.Add(10 * time.Minute)
			}
		}
		if got := fmt.Sprint(names); got != "[codes_per_ip wrong_per_ip wrong_per_ip]" {
			t.Errorf("limited by %s", got)
		}
		settings := magiclink.Defaults()
		limits(&settings)
		uses, err := magiclink.Present(context.Background(), s, m.keys(), settings.Limits, "", "192.0.2.1", m.now)
		if err != nil {
			t.Fatal(err)
		}
		used := map[string]int{}
		for _, u := range uses {
			used[u.Limit] += u.Used
		}
		if used["wrong_per_ip"] != 3 || used["codes_per_ip"] != 0 {
			t.Errorf("used: %v", used)
		}
	})
}

// Whoever asks may put any tag into an address, and all of them fill one mailbox.
func TestTagsShareABudget(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		for what, c := range map[string]struct {
			address string
			want    int
		}{
			"tags":            {"mona+%d@example.com", 5},
			"and tags of one": {"mona+%[1]d+%[1]d@example.org", 5},
			"nothing else":    {"+%d@example.com", 8},
			"other mailboxes": {"mona%d@example.com", 8},
		} {
			m := newMailbox(t, s)
			if n := m.sent(8, func(i int) string { return fmt.Sprintf(c.address, i) }); n != c.want {
				t.Errorf("%s: %d of 8 mails, want %d", what, n, c.want)
			}
		}
		m := newMailbox(t, s)
		var limited *idp.LimitedError
		if _, err := m.login.Start(context.Background(), "mona@example.com", "", "", asker("z", "203.0.113.1")); !errors.As(err, &limited) || limited.Limit != "send_per_address" {
			t.Errorf("without a tag: %v", err)
		}
		uses, err := magiclink.Present(context.Background(), s, m.keys(), magiclink.Defaults().Limits, "mona+9@example.com", "", m.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uses {
			if u.Limit == "send_per_address" && u.Used != 5 {
				t.Errorf("%d of %d are used", u.Used, u.Max)
			}
		}
	})
}

// Strangers cannot use up the mails that are kept for people who signed in before.
func TestSendAgainKeepsTheReserve(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) {
			s.Limits.SendPerInstance = []magiclink.Rate{{Max: 20, Window: time.Hour}}
			s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 5, 1000
		})
		m.signUp("ada@example.com")
		ctx := context.Background()
		var asked []magiclink.Challenge
		for i := range 30 { // nearly all are held back: send_unknown is 5
			c, err := m.login.Start(ctx, fmt.Sprintf("x%d@example.org", i), "", "", asker(fmt.Sprint("b", i), fmt.Sprintf("198.51.100.%d", i)))
			if err != nil {
				t.Fatal(err)
			}
			asked = append(asked, c)
		}
		m.now = m.now.Add(time.Minute)
		for i, c := range asked { // what the person sees says nothing of it
			_ = m.login.SendAgain(ctx, c.ID, asker(fmt.Sprint("b", i), fmt.Sprintf("198.51.100.%d", i)))
		}
		if _, err := m.login.Start(ctx, "ada@example.com", "", "", asker("z", "203.0.113.7")); err != nil {
			t.Errorf("after %d mails to strangers, of 20: ada, who signed in before: %v", m.mails(), err)
		}
	})
}

// A domain nobody is of gets no more mails than its budget.
func TestSendAgainKeepsTheNewDomain(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) { s.Limits.SendPerNewDomain.Max, s.Limits.SendUnknown.Max = 3, 1000 })
		ctx := context.Background()
		var asked []magiclink.Challenge
		for i := range 3 {
			c, err := m.login.Start(ctx, fmt.Sprintf("x%d@example.org", i), "", "", asker(fmt.Sprint("b", i), fmt.Sprintf("198.51.100.%d", i)))
			if err != nil {
				t.Fatal(err)
			}
			asked = append(asked, c)
		}
		for range 3 {
			m.now = m.now.Add(2 * time.Minute)
			for i, c := range asked {
				_ = m.login.SendAgain(ctx, c.ID, asker(fmt.Sprint("b", i), fmt.Sprintf("198.51.100.%d", i)))
			}
		}
		if n := m.mails(); n != 3 {
			t.Errorf("%d mails to strangers of one domain, whose budget is 3", n)
		}
	})
}

// mails sends all letters that are due, and counts those that go out.
func (m *mailbox) mails() (n int) {
	for {
		claim, err := m.store.ClaimLetter(context.Background(), m.now, m.take())
		if err != nil {
			return n
		}
		if claim != nil {
			n++
		}
	}
}

// Wrong codes that applications send by address count like all others: codes stay
// long until an hour after them.
func TestNativeGuessesMakeCodesLong(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"by handle", "by address"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, s *storage.Store) {
				m := newMailbox(t, s).with(func(s *magiclink.Settings) {
					s.Limits.LongCodesAbove.Max, s.Limits.WrongShortCodes, s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 6, 12, 1000, 1000
				})
				ctx := context.Background()
				type asked struct {
					handle secret.Token
					code   secret.Token
				}
				var all []asked
				for i := range 8 { // before anybody guesses
					h, mail := m.askNative(fmt.Sprintf("w%d@example.com", i))
					all = append(all, asked{h, mail.Code})
				}
				m.now = m.now.Add(5 * time.Minute)
				m.login.Mint("x", m.now)
				for i, a := range all {
					var err error
					if how == "by handle" {
						_, err = m.login.SubmitNativeCode(ctx, a.handle, wrongFor(a.code), "app", asker("", "192.0.2.1"))
					} else {
						_, err = m.login.SubmitNativeCodeFor(ctx, fmt.Sprintf("w%d@example.com", i), wrongFor(a.code), "app", asker("", "192.0.2.1"))
					}
					if !errors.Is(err, idp.ErrWrongCode) {
						t.Fatal(err)
					}
				}
				m.now = m.now.Add(56 * time.Minute) // the window is over, the hour after the wrong codes is not
				if n := len(m.login.Mint("y", m.now).Code.Reveal()); n != secret.LongCodeLength {
					t.Errorf("56 minutes after 8 wrong codes, a new one has %d characters", n)
				}
			})
		})
	}
}

// slowStore keeps codes waiting, as a busy database does.
type slowStore struct {
	*storage.Store
	gate, in chan struct{}
}

func (s *slowStore) TryCode(ctx context.Context, t magiclink.CodeTry) (magiclink.Approval, error) {
	s.in <- struct{}{}
	<-s.gate
	return s.Store.TryCode(ctx, t)
}

// Right codes under way are no wrong ones.
func TestRightCodesUnderWayMakeNoLongOnes(t *testing.T) {
	t.Parallel()
	s := testdb.Open(t, testdb.URL(t, "postgres"))
	m := newMailbox(t, s)
	slow := &slowStore{s, make(chan struct{}), make(chan struct{})}
	settings := magiclink.Defaults()
	m.login = magiclink.NewService(slow, m.keys(), settings, func() time.Time { return m.now }, queueOnly{})
	ctx := context.Background()
	var all sync.WaitGroup
	const people = 25
	for i := range people {
		b := fmt.Sprint("b", i)
		c, err := m.login.Start(ctx, fmt.Sprintf("p%d@example.com", i), "", "app", asker(b, fmt.Sprintf("198.51.100.%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		mail := m.send()
		all.Go(func() {
			if _, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker(b, fmt.Sprintf("198.51.100.%d", i))); err != nil {
				t.Error(err)
			}
		})
	}
	for range people {
		<-slow.in
	}
	during := len(m.login.Mint("x", m.now).Code.Reveal())
	close(slow.gate)
	all.Wait()
	if after := len(m.login.Mint("y", m.now.Add(59*time.Minute)).Code.Reveal()); during != 6 || after != 6 {
		t.Errorf("nobody typed a wrong code: a new one has %d characters, and %d an hour later", during, after)
	}
}

// A process in which nobody types a wrong code hears of those at another.
func TestProcessesHearOfEachOthersWrongCodes(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		tight := func(s *magiclink.Settings) {
			s.Limits.SendUnknown.Max, s.Limits.SendPerNewDomain.Max = 1000, 1000
			s.Limits.SendPerIP = []magiclink.Rate{{Max: 1000, Window: time.Hour}}
		}
		a := newMailbox(t, s).with(tight)
		b := a.process(tight)
		ctx := context.Background()
		right := func(i int) {
			c, mail := b.ask(fmt.Sprintf("r%d@example.com", i), fmt.Sprint("r", i))
			if _, _, err := b.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker(fmt.Sprint("r", i), "192.0.2.1")); err != nil {
				t.Fatal(err)
			}
		}
		settle := func() {
			a.now, b.now = a.now.Add(16*time.Second), b.now.Add(16*time.Second)
			for _, m := range []*mailbox{a, b} {
				if err := m.login.Settle(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		right(0)
		settle()
		for i := range 30 {
			n := fmt.Sprint("w", i)
			c, mail := a.ask(n+"@example.com", n)
			wrong := wrongFor(mail.Code)
			if len(mail.Code.Reveal()) != 6 {
				wrong = "ZZZZZZZZ"
			}
			if _, _, err := a.login.SubmitCode(ctx, c.ID, wrong, asker(n, "192.0.2.1")); err == nil {
				t.Fatal("right")
			}
		}
		for i := range 5 {
			settle()
			right(i + 1)
		}
		settle()
		x, y := len(a.login.Mint("x", a.now).Code.Reveal()), len(b.login.Mint("y", b.now).Code.Reveal())
		if x != y {
			t.Errorf("after 30 wrong codes one process makes codes of %d characters and the other of %d", x, y)
		}
	})
}
