package storage_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// newTold is a mailbox whose clients app, two and quiet are registered; the last
// one wants to hear nothing.
func newTold(t *testing.T, s *storage.Store) *mailbox {
	t.Helper()
	m := newMailbox(t, s)
	m.declare("app", "two", "quiet")
	return m
}

// declare makes these the registered clients.
func (m *mailbox) declare(ids ...string) {
	m.t.Helper()
	stored, err := m.store.Clients(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	var declared []idp.Client
	for _, id := range ids {
		c := idp.Client{ID: id, IDTokenAlg: idp.ES256}
		if id != "quiet" {
			c.BackchannelLogoutURI = "https://" + id + ".example.com/out"
		}
		declared = append(declared, c)
	}
	if err := m.store.ApplyClients(context.Background(), idp.PlanClients(declared, stored), m.now); err != nil {
		m.t.Fatal(err)
	}
}

// granted is grantOf, redeemed, for each of clients in one session.
func (m *mailbox) granted(email string, clients ...string) (g idp.Grant) {
	m.t.Helper()
	g = m.grantOf(email)
	for _, c := range clients {
		g.ID, g.ClientID = secret.NewID("grt_", m.now), c
		if _, _, err := m.store.RedeemCode(context.Background(), g, m.now); err != nil {
			m.t.Fatal(err)
		}
	}
	return g
}

// told lists whom the stored notices are for, as "client session".
func (m *mailbox) told() []string {
	m.t.Helper()
	all, err := m.store.LogoutNotices(context.Background(), "", 100)
	if err != nil {
		m.t.Fatal(err)
	}
	out := []string{}
	for _, n := range all {
		if n.State != idp.NoticeQueued || n.UserID == "" || n.ExpiresAt != n.CreatedAt.Add(idp.NoticeLife) {
			m.t.Errorf("a new notice is %+v", n)
		}
		out = append(out, n.ClientID+" "+n.SessionID)
	}
	slices.Sort(out)
	return out
}

func (m *mailbox) wants(what string, want ...string) {
	m.t.Helper()
	slices.Sort(want)
	if got := m.told(); !slices.Equal(got, want) {
		m.t.Errorf("%s: notices for\n%v, want\n%v", what, got, want)
	}
}

// Whichever way a session ends, its clients are told, and no others.
func TestEndsStoreNotices(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newTold(t, s)
		first := m.granted("ada@example.com", "app", "quiet")
		second := m.granted("ada@example.com", "app", "two", "app")
		third := m.granted("ada@example.com", "two")
		bobs := m.granted("bob@example.com", "app", "two")
		m.wants("before any end")

		clients, err := s.SignOut(ctx, first.SessionID, m.now)
		if err != nil || !slices.Equal(clients, []string{"app", "quiet"}) {
			t.Fatal(clients, err)
		}
		want := []string{"app " + first.SessionID}
		m.wants("sign-out", want...)
		if clients, err := s.SignOut(ctx, first.SessionID, m.now); err != nil || clients != nil {
			t.Errorf("a second sign-out: %v, %v", clients, err)
		}
		m.wants("a second sign-out", want...)

		m.now = m.now.Add(time.Minute)
		if err := s.EndSession(ctx, second.UserID, second.SessionID, m.now); err != nil {
			t.Fatal(err)
		}
		want = append(want, "app "+second.SessionID, "two "+second.SessionID)
		m.wants("the end of a session", want...)

		m.now = m.now.Add(time.Minute)
		kept := m.granted("ada@example.com", "two")
		if n, err := s.EndOtherSessions(ctx, kept.UserID, kept.SessionID, m.now); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		// The client of the first session had a grant that outlived it until now.
		want = append(want, "two "+third.SessionID, "app "+first.SessionID)
		m.wants("the end of all others", want...)

		m.now = m.now.Add(time.Minute)
		if err := s.DisableUser(ctx, bobs.UserID, m.now); err != nil {
			t.Fatal(err)
		}
		want = append(want, "app "+bobs.SessionID, "two "+bobs.SessionID)
		m.wants("the end of a user", want...)
		if _, _, err := s.Grant(ctx, bobs.ID, m.now); !errors.Is(err, idp.ErrRevoked) {
			t.Errorf("a disabled user's grant: %v", err)
		}
		if err := s.DisableUser(ctx, bobs.UserID, m.now); !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("disabling twice: %v", err)
		}

		m.now = m.now.Add(time.Minute)
		m.declare("app", "quiet")
		want = append(want, "two "+kept.SessionID)
		m.wants("the end of a client", want...)
		if _, _, err := s.Grant(ctx, kept.ID, m.now); !errors.Is(err, idp.ErrRevoked) {
			t.Errorf("a removed client's grant: %v", err)
		}
		// What is gone is not told again.
		if _, err := s.SignOut(ctx, kept.SessionID, m.now); err != nil {
			t.Fatal(err)
		}
		m.wants("the session of a removed client", want...)
	})
}

// A client without an ID token has no session that could end.
func TestClientsWithoutIDTokenAreNotTold(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newTold(t, s)
		g := m.grantOf("ada@example.com")
		g.Scopes = []string{"email", "openid2", "offline_access"}
		if _, _, err := s.RedeemCode(context.Background(), g, m.now); err != nil {
			t.Fatal(err)
		}
		if clients, err := s.SignOut(context.Background(), g.SessionID, m.now); err != nil || len(clients) != 0 {
			t.Error(clients, err)
		}
		m.wants("sign-out")
	})
}

// A grant may be long gone when its session ends.
func TestPurgeRemembersTheClientsOfLiveSessions(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newTold(t, s)
		g := m.granted("ada@example.com", "app", "two", "app", "app")
		m.now = m.now.Add(72 * time.Hour)
		if n, err := s.Purge(ctx, m.now); err != nil || n < 2 {
			t.Fatalf("the purge took %d rows, %v", n, err)
		}
		if n, err := s.Purge(ctx, m.now); err != nil || n != 0 {
			t.Errorf("a second purge took %d rows, %v", n, err)
		}
		clients, err := s.SignOut(ctx, g.SessionID, m.now)
		if err != nil || !slices.Equal(clients, []string{"app", "two"}) {
			t.Error(clients, err)
		}
		m.wants("three days later", "app "+g.SessionID, "two "+g.SessionID)
		if n, err := s.Purge(ctx, m.now); err != nil || n != 2 {
			t.Errorf("the purge after the end took %d rows, %v", n, err)
		}
		if n, err := s.Purge(ctx, m.now.Add(8*24*time.Hour)); err != nil || n < 2 || len(m.told()) != 0 {
			t.Errorf("the notices' purge took %d rows, %v", n, err)
		}
	})
}

const lease = 30 * time.Second

func (m *mailbox) claim(busy ...string) (idp.LogoutNotice, idp.Client, error) {
	return m.store.ClaimNotice(context.Background(), busy, lease, m.now)
}

func TestNoticeLease(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newTold(t, s)
		if at, err := s.NextNoticeAt(ctx, nil); err != nil || !at.IsZero() {
			t.Fatal(at, err)
		}
		g := m.granted("ada@example.com", "app")
		if err := s.EndSession(ctx, g.UserID, g.SessionID, m.now); err != nil {
			t.Fatal(err)
		}
		if at, err := s.NextNoticeAt(ctx, nil); err != nil || !at.Equal(m.now) {
			t.Fatal(at, err)
		}
		if _, _, err := m.claim("app"); !errors.Is(err, idp.ErrNotFound) {
			t.Fatalf("a busy client's notice: %v", err)
		}
		first, c, err := m.claim("two")
		if err != nil || first.Tries != 1 || first.State != idp.NoticeSending || c.BackchannelLogoutURI != "https://app.example.com/out" || first.SessionID != g.SessionID {
			t.Fatal(first, c, err)
		}
		if _, _, err := m.claim(); !errors.Is(err, idp.ErrNotFound) {
			t.Fatalf("a second worker took a leased notice: %v", err)
		}
		m.now = m.now.Add(lease + time.Second) // the first worker died
		m.declare("two")                       // and the client is gone, but not its address
		second, c, err := m.claim()
		if err != nil || second.ID != first.ID || second.Tries != 2 || c.BackchannelLogoutURI == "" {
			t.Fatalf("after the lease: %v, %v", second, err)
		}
		if err := s.NoticeDone(ctx, first.ID, idp.NoticeFate{State: idp.NoticeFailed, Tries: 1}); !errors.Is(err, idp.ErrConflict) {
			t.Fatalf("the dead worker's word still counts: %v", err)
		}
		later := m.now.Add(time.Minute)
		if err := s.NoticeDone(ctx, second.ID, idp.NoticeFate{State: idp.NoticeDeferred, Tries: 2, NextAt: later, Reply: "503"}); err != nil {
			t.Fatal(err)
		}
		if at, err := s.NextNoticeAt(ctx, nil); err != nil || !at.Equal(later) {
			t.Fatal(at, err)
		}
		m.now = later
		third, _, err := m.claim()
		if err != nil || third.Tries != 3 || third.Reply != "503" {
			t.Fatal(third, err)
		}
		if err := s.NoticeDone(ctx, third.ID, idp.NoticeFate{State: idp.NoticeDelivered, Tries: 3, DeliveredAt: m.now}); err != nil {
			t.Fatal(err)
		}
		m.now = m.now.Add(time.Hour)
		if _, _, err := m.claim(); !errors.Is(err, idp.ErrNotFound) {
			t.Fatalf("a delivered notice is sent again: %v", err)
		}
		done, err := s.LogoutNotices(ctx, idp.NoticeDelivered, 10)
		if err != nil || len(done) != 1 || done[0].DeliveredAt.IsZero() {
			t.Fatal(done, err)
		}
		if failed, err := s.LogoutNotices(ctx, idp.NoticeFailed, 10); err != nil || len(failed) != 0 {
			t.Fatal(failed, err)
		}
	})
}

// However many ask at once, a session ends once and each notice is one worker's.
func TestNoticesAreNotDoubled(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newTold(t, s)
		g := m.granted("ada@example.com", "app", "two")
		if err := errors.Join(race(32, func(int) error {
			_, err := s.SignOut(ctx, g.SessionID, m.now)
			return err
		})...); err != nil {
			t.Fatal(err)
		}
		m.wants("32 sign-outs", "app "+g.SessionID, "two "+g.SessionID)
		var mu sync.Mutex
		var got []string
		if err := errors.Join(race(32, func(int) error {
			n, _, err := m.claim()
			if errors.Is(err, idp.ErrNotFound) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, n.ClientID)
			return err
		})...); err != nil {
			t.Fatal(err)
		}
		if slices.Sort(got); strings.Join(got, " ") != "app two" {
			t.Errorf("32 workers claimed %v", got)
		}
	})
}
