package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/testdb"
)

// A code that is redeemed while its session is being ended leaves no grant that outlives
// the session.
func TestNoGrantOutlivesItsSession(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	s := testdb.Open(t, url)
	m := newMailbox(t, s)
	g := m.grantOf("ada@example.com")
	beside, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { beside.Close(ctx) })
	// The redemption is committed only when whoever ends the session has come.
	testdb.Exec(t, url, `CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$`)
	testdb.Exec(t, url, `CREATE TRIGGER late AFTER INSERT ON grants FOR EACH ROW EXECUTE FUNCTION late()`)
	if _, err := beside.Exec(ctx, `SELECT pg_advisory_lock(7)`); err != nil {
		t.Fatal(err)
	}
	waiting := func() (n int) {
		if err := beside.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	redeemed, ended := make(chan error, 1), make(chan error, 1)
	go func() { _, _, err := s.RedeemCode(ctx, g, m.now); redeemed <- err }()
	for waiting() < 1 {
	}
	go func() { ended <- s.EndSession(ctx, g.UserID, g.SessionID, m.now) }()
	for waiting() < 2 && len(ended) == 0 { // that it does not wait is the fault
	}
	if _, err := beside.Exec(ctx, `SELECT pg_advisory_unlock(7)`); err != nil {
		t.Fatal(err)
	}
	for _, did := range []chan error{redeemed, ended} {
		if err := <-did; err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Grant(ctx, g.ID, m.now.Add(time.Minute)); err == nil {
		t.Error("the session is ended, and its refresh token lives on")
	}
}
