package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// signIn signs in with what the browser is known by, and returns what it is known
// by then. Browsers have networks of their own.
func (m *mailbox) signIn(email, browser string, marks []string) (magiclink.Challenge, []string) {
	m.t.Helper()
	a := asker(browser, "192.0.2.1")
	a.Marks = marks
	c, err := m.login.Start(context.Background(), email, "", "", a)
	if err != nil {
		m.t.Fatal(err)
	}
	ok, _, err := m.use(m.send(), a)
	if err != nil {
		m.t.Fatal(err)
	}
	return c, m.login.Remember(email, ok.MarksFrom, marks)
}

// known reports whether a mail for a browser with marks is counted by them.
func (m *mailbox) known(email string, marks []string) bool {
	m.t.Helper()
	a := asker("again", "192.0.2.9")
	a.Marks = marks
	c, err := m.login.Start(context.Background(), email, "", "", a)
	if err != nil {
		m.t.Fatal(err)
	}
	stored, err := m.store.Challenge(context.Background(), c.ID)
	if err != nil || stored.KnownAs != c.KnownAs {
		m.t.Fatalf("stored as %q, returned as %q, %v", stored.KnownAs, c.KnownAs, err)
	}
	m.send()
	return c.KnownAs != ""
}

// A mark ends with its time, with what its owner disowns, and with the account.
func TestMarksEnd(t *testing.T) {
	t.Parallel()
	const email = "ada@example.com"
	for what, c := range map[string]struct {
		end  func(m *mailbox, thiefs, other magiclink.Challenge) error
		know bool
	}{
		"nothing": {func(*mailbox, magiclink.Challenge, magiclink.Challenge) error { return nil }, true},
		"their sign-in disowned": {func(m *mailbox, thiefs, _ magiclink.Challenge) error {
			_, err := m.login.Disown(context.Background(), m.login.NotMeToken(thiefs.ID))
			return err
		}, false},
		"a sign-in disowned that nobody used": {func(m *mailbox, _, other magiclink.Challenge) error {
			_, err := m.login.Disown(context.Background(), m.login.NotMeToken(other.ID))
			return err
		}, true},
		"disabled and enabled": {func(m *mailbox, _, _ magiclink.Challenge) error {
			a, err := m.store.Account(context.Background(), email)
			return errors.Join(err, m.store.DisableUser(context.Background(), a.ID, m.now), m.store.EnableUser(context.Background(), a.ID, m.now))
		}, false},
		"deleted": {func(m *mailbox, _, _ magiclink.Challenge) error {
			a, err := m.store.Account(context.Background(), email)
			return errors.Join(err, m.store.DeleteUser(context.Background(), a.ID, "", m.now))
		}, false},
		"deleted and back": {func(m *mailbox, _, _ magiclink.Challenge) error {
			a, err := m.store.Account(context.Background(), email)
			err = errors.Join(err, m.store.DeleteUser(context.Background(), a.ID, "", m.now))
			m.signIn(email, "new", nil)
			return err
		}, false},
		"a day before its time": {func(m *mailbox, _, _ magiclink.Challenge) error { m.now = m.now.Add(178 * 24 * time.Hour); return nil }, true},
		"its time":              {func(m *mailbox, _, _ magiclink.Challenge) error { m.now = m.now.Add(180 * 24 * time.Hour); return nil }, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, s *storage.Store) {
				m := newMailbox(t, s)
				thiefs, marks := m.signIn(email, "thief", nil)
				m.now = m.now.Add(time.Hour)
				other, err := m.login.Start(context.Background(), email, "", "", asker("stranger", "198.51.100.1"))
				if err != nil {
					t.Fatal(err)
				}
				m.send()
				m.now = m.now.Add(time.Minute)
				if err := c.end(m, thiefs, other); err != nil {
					t.Fatal(err)
				}
				m.now = m.now.Add(time.Minute)
				if got := m.known(email, marks); got != c.know {
					t.Fatalf("known: %v, want %v", got, c.know)
				}
				if c.know || what == "deleted" {
					return
				}
				m.now = m.now.Add(2 * time.Hour)
				_, renewed := m.signIn(email, "thief", marks)
				if !m.known(email, renewed) || len(renewed) != 1 {
					t.Errorf("signed in anew, the browser is known by %v", renewed)
				}
			})
		})
	}
}

// Who is known no more waits like everybody else: for the pause after "this was not
// me", and for the installation's budget.
func TestEndedMarksOpenNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s).with(func(s *magiclink.Settings) {
			s.Limits.SendPerInstance = []magiclink.Rate{{Max: 10, Window: 24 * time.Hour}}
		})
		const email = "ada@example.com"
		thiefs, marks := m.signIn(email, "thief", nil)
		m.now = m.now.Add(time.Minute)
		if _, err := m.login.Disown(context.Background(), m.login.NotMeToken(thiefs.ID)); err != nil {
			t.Fatal(err)
		}
		m.now = m.now.Add(time.Minute)
		a := asker("thief", "192.0.2.1")
		a.Marks = marks
		refused := func(limit string) {
			t.Helper()
			var limited *idp.LimitedError
			if _, err := m.login.Start(context.Background(), email, "", "", a); !errors.As(err, &limited) || limited.Limit != limit {
				t.Errorf("%v, want %s", err, limit)
			}
		}
		refused("send_per_address_ip")
		m.now = m.now.Add(2 * time.Hour)
		for i := range 10 {
			if _, err := m.login.Start(context.Background(), email, "", "", asker("x", "198.51.100."+string(rune('0'+i)))); err != nil {
				t.Fatal(err)
			}
			m.now = m.now.Add(10 * time.Minute)
		}
		refused("send_per_instance")
		counted, err := s.Counters(context.Background(), magiclink.NewCounts(m.keys(), "send_per_known_browser", magiclink.Defaults().Limits.SendPerKnownBrowser, email, marks[0][:16]), m.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, windows := range counted {
			for _, w := range windows {
				if w.Count != 0 {
					t.Errorf("%d are counted by the mark", w.Count)
				}
			}
		}
	})
}

// Only the MAC's owner makes marks, and nobody makes one younger.
func TestMarksCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		mark := m.login.Remember("ada@example.com", time.Time{}, nil)[0]
		m.now = m.now.Add(time.Hour)
		younger := m.login.Remember("bob@example.com", time.Time{}, nil)[0]
		for _, bad := range []string{"", mark[:16], younger[:16] + mark[16:], mark[:15] + "!" + mark[16:], secret.NewToken().Reveal() + mark} {
			if m.login.Known("ada@example.com", []string{bad}) {
				t.Errorf("%q is a mark", bad)
			}
		}
		if !m.login.Known("ada@example.com", []string{"x", mark}) || m.login.Known("bob@example.com", []string{mark}) {
			t.Error("the mark is not ada's alone")
		}
	})
}
