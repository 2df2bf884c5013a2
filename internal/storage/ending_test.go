package storage_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// standoff is a database in which the transaction that writes into a table waits for
// the test before it is committed.
type standoff struct {
	*mailbox
	beside *pgx.Conn
}

func newStandoff(t *testing.T, table string) standoff {
	t.Helper()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	beside, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { beside.Close(ctx) })
	testdb.Exec(t, url, `CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$`)
	testdb.Exec(t, url, `CREATE TRIGGER late AFTER INSERT ON `+table+` FOR EACH ROW EXECUTE FUNCTION late()`)
	return standoff{newMailbox(t, testdb.Open(t, url)), beside}
}

func (s standoff) exec(query string) {
	s.t.Helper()
	if _, err := s.beside.Exec(context.Background(), query); err != nil {
		s.t.Fatal(err)
	}
}

func (s standoff) waiting() (n int) {
	s.t.Helper()
	err := s.beside.QueryRow(context.Background(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// play lets first write, second come meanwhile, and both go on. That second does not
// wait may be the fault that is looked for.
func (s standoff) play(first, second func() error) (firstErr, secondErr error) {
	s.t.Helper()
	s.exec(`SELECT pg_advisory_lock(7)`)
	did, also := make(chan error, 1), make(chan error, 1)
	go func() { did <- first() }()
	for s.waiting() < 1 {
	}
	go func() { also <- second() }()
	for s.waiting() < 2 && len(also) == 0 {
	}
	s.exec(`SELECT pg_advisory_unlock(7)`)
	return <-did, <-also
}

// A code that is redeemed while its session is being ended leaves no grant that outlives
// the session.
func TestNoGrantOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := newStandoff(t, "grants")
	g := s.grantOf("ada@example.com")
	redeem := func() error { _, _, err := s.store.RedeemCode(context.Background(), g, s.now); return err }
	end := func() error { return s.store.EndSession(context.Background(), g.UserID, g.SessionID, s.now) }
	if redeemed, ended := s.play(redeem, end); redeemed != nil || ended != nil {
		t.Fatal(redeemed, ended)
	}
	if _, _, err := s.store.Grant(context.Background(), g.ID, s.now.Add(time.Minute)); err == nil {
		t.Error("the session is ended, and its refresh token lives on")
	}
}

// Nor does one outlive that its person disconnects the application, whoever of the two
// comes first.
func TestNoGrantOutlivesADisconnection(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"grants", "consents"} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			s, ctx := newStandoff(t, table), context.Background()
			g := s.grantOf("ada@example.com")
			if _, _, err := s.store.RedeemCode(ctx, g, s.now); err != nil { // something to disconnect
				t.Fatal(err)
			}
			held := g
			held.ID = secret.NewID(idp.GrantPrefix, s.now)
			s.now = s.now.Add(time.Second)
			redeem := func() error { _, _, err := s.store.RedeemCode(ctx, held, s.now); return err }
			disconnect := func() error { return s.store.Disconnect(ctx, g.UserID, g.ClientID, s.now) }
			first, second := redeem, disconnect
			if table == "consents" {
				first, second = disconnect, redeem
			}
			one, other := s.play(first, second)
			if one != nil || other != nil && !errors.Is(other, idp.ErrRevoked) {
				t.Fatal(one, other)
			}
			for _, id := range []string{g.ID, held.ID} {
				if _, _, err := s.store.Grant(ctx, id, s.now); err == nil {
					t.Error("the application is disconnected, and a refresh token lives on")
				}
			}
		})
	}
}

// What nobody had leaves no row behind.
func TestDisconnectingNothingWritesNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		g := m.grantOf("ada@example.com")
		before := len(allRows(t, s)["consents"])
		if err := s.Disconnect(context.Background(), g.UserID, "an application that there is not", m.now); err != nil {
			t.Fatal(err)
		}
		if n := len(allRows(t, s)["consents"]); n != before {
			t.Errorf("%d rows, before %d", n, before)
		}
		if events, err := s.Events(context.Background(), audit.Query{Name: string(audit.ConsentWithdrawn)}); err != nil || len(events) != 0 {
			t.Errorf("told are %+v, %v", events, err)
		}
		if _, _, err := s.RedeemCode(context.Background(), g, m.now); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Disconnect(context.Background(), g.UserID, g.ClientID, m.now); err != nil {
				t.Fatal(err)
			}
		}
		if events, err := s.Events(context.Background(), audit.Query{Name: string(audit.ConsentWithdrawn)}); err != nil || len(events) != 1 {
			t.Errorf("told are %+v, %v", events, err)
		}
	})
}

// Threat: a grant that somebody else took, hidden behind the many of one application,
// where neither the person nor an administrator finds it.
func TestNoGrantIsHiddenByOthers(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m, ctx := newMailbox(t, s), context.Background()
		m.declare("taken", "busy")
		taken := m.granted("ada@example.com", "taken")
		busy := taken
		busy.ClientID, busy.Scopes = "busy", []string{"openid"}
		redeem := func(n int) {
			for range n {
				m.now = m.now.Add(time.Millisecond)
				busy.ID, busy.CreatedAt = secret.NewID("grt_", m.now), m.now
				if _, _, err := s.RedeemCode(ctx, busy, m.now); err != nil {
					t.Fatal(err)
				}
			}
		}
		listed := func() (all, found int) {
			grants, err := s.UserGrants(ctx, taken.UserID, m.now)
			if err != nil || !slices.IsSortedFunc(grants, func(a, b idp.Grant) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
				t.Fatal(err, "or not the newest first")
			}
			for _, g := range grants {
				if g.ID == taken.ID {
					found++
				}
			}
			return len(grants), found
		}
		redeem(3)
		if all, found := listed(); all != 4 || found != 1 {
			t.Errorf("%d grants, %d times that one", all, found)
		}
		redeem(507)
		if all, found := listed(); all != 500 || found != 1 {
			t.Errorf("%d grants, %d times that one", all, found)
		}
		if _, err := s.SignOut(ctx, taken.SessionID, m.now); err != nil {
			t.Fatal(err)
		}
		if all, found := listed(); all != 1 || found != 1 {
			t.Errorf("%d grants, %d times that one", all, found)
		}
	})
}
