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

// Pages know nothing of native challenges, whatever they were tricked into asking
// of the store, and the application's token stays good.
func TestNativeLinkIsNoPages(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		_, mail := m.askNative("ada@example.com")
		ctx, browser := context.Background(), asker("b1", "192.0.2.1")
		l, err := m.login.OpenLink(ctx, mail.Link, browser.Browser)
		if err != nil || l.Here || !l.Challenge.Native() {
			t.Fatalf("open: %+v, %v", l, err)
		}
		if _, _, err := m.login.UseOwnLink(ctx, mail.Link, browser); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("as the asking browser: %v", err)
		}
		if _, _, err := m.login.UseLinkElsewhere(ctx, l, browser); !errors.Is(err, idp.ErrUsed) {
			t.Errorf("as another browser: %v", err)
		}
		if _, err := m.login.UseNativeLink(ctx, mail.Link, secret.Token{}, "app", asker("", "192.0.2.1")); err != nil {
			t.Errorf("the application afterwards: %v", err)
		}
	})
}

// And the other way around: what a page asked for is no application's.
func TestPagesLinkIsNotNative(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		c, mail := m.ask("ada@example.com", "b1")
		ctx, app := context.Background(), asker("", "192.0.2.1")
		if _, err := m.login.UseNativeLink(ctx, mail.Link, secret.Token{}, "app", app); !errors.Is(err, idp.ErrUsed) {
			t.Errorf("link: %v", err)
		}
		if _, err := m.login.SubmitNativeCodeFor(ctx, "ada@example.com", mail.Code.Reveal(), "app", app); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("code: %v", err)
		}
		if _, _, err := m.login.SubmitCode(ctx, c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1")); err != nil {
			t.Errorf("the page afterwards: %v", err)
		}
	})
}

// A wrong code for an address costs every challenge that it is compared with one
// of its six tries, and the right one gives all of them back.
func TestNativeCodesCountForAll(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx, app := context.Background(), asker("", "192.0.2.1")
		var ids []string
		var last secret.Token
		for range 4 {
			c, _, err := m.login.StartNative(ctx, "ada@example.com", "app", app)
			if err != nil {
				t.Fatal(err)
			}
			ids, last = append(ids, c.ID), m.send().Code
			m.now = m.now.Add(time.Second)
		}
		failures := func() (n [4]int) {
			for i, id := range ids {
				c, err := s.Challenge(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				n[i] = c.Failures
			}
			return n
		}
		if _, err := m.login.SubmitNativeCodeFor(ctx, "ada@example.com", wrongFor(last), "app", app); !errors.Is(err, idp.ErrWrongCode) {
			t.Fatal(err)
		}
		if got := failures(); got != [4]int{0, 1, 1, 1} {
			t.Errorf("after a wrong code: %v", got)
		}
		if _, err := m.login.SubmitNativeCodeFor(ctx, "ada@example.com", last.Reveal(), "app", app); err != nil {
			t.Fatal(err)
		}
		if got := failures(); got != [4]int{0, 1, 1, 1} {
			t.Errorf("after the right one: %v", got)
		}
	})
}

// An invitation lets somebody in for the first time, by its page: it is no
// application's, and counts none of its codes.
func TestInvitationIsNotNative(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		ctx, app := context.Background(), asker("", "192.0.2.1")
		i, err := magiclink.Invite(ctx, s, "ada@example.com", "app", 7*24*time.Hour, m.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.login.SubmitNativeCodeFor(ctx, "ada@example.com", "123456", "app", app); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("a code: %v", err)
		}
		m.signUp("ada@example.com")
		if _, err := m.login.UseNativeLink(ctx, i.Link, secret.Token{}, "app", app); !errors.Is(err, idp.ErrUsed) {
			t.Errorf("the link: %v", err)
		}
	})
}
