package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// Every table is purged, or something else keeps it from growing for ever; a new
// one says which.
func TestEveryTableIsBounded(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		bounded := storage.BoundedForTest()
		for _, table := range testdb.Tables(t, url) {
			if bounded[table] == "" {
				t.Errorf("nothing keeps %s from growing", table)
			}
			if strings.Count(bounded[table], "purged by") > 1 {
				t.Errorf("%s is purged twice: %s", table, bounded[table])
			}
			delete(bounded, table)
		}
		for table := range bounded {
			t.Errorf("there is no table %s", table)
		}
	})
}

// day is what happens on one day of an installation: a bit of everything that
// leaves rows behind.
func (m *mailbox) day(n int) {
	m.t.Helper()
	ctx, email := context.Background(), fmt.Sprintf("person%d@example.com", n%20)
	g := m.grantOf(email)
	g.AbsoluteAt = m.now.Add(90 * 24 * time.Hour)
	_, _, redeemed := m.store.RedeemCode(ctx, g, m.now)
	_, _ = m.ask(email, "another") // and nobody comes
	unique := fmt.Sprint(n)
	d := idp.Device{ID: secret.NewID("dev_", m.now), GrantID: secret.NewID("grt_", m.now), ClientID: "app", State: idp.DeviceWaiting, CreatedAt: m.now, ExpiresAt: m.now.Add(idp.DeviceTTL)}
	var ended error
	if n%2 == 0 {
		_, ended = m.store.SignOut(ctx, g.SessionID, m.now)
	}
	for what, err := range map[string]error{
		"redeem":   redeemed,
		"spend":    m.store.Spend(ctx, idp.Once{Hash: secret.Hash("hash" + unique), Expires: m.now.Add(time.Minute)}),
		"device":   m.store.CreateDevice(ctx, d, secret.Hash("device"+unique), "mac"+unique, nil, m.now),
		"count":    m.store.Tally(ctx, []magiclink.Count{budget("key"+unique, magiclink.Rate{Max: 5, Window: time.Hour})}, m.now),
		"failure":  m.store.RecordFailures(ctx, []idp.Failure{{ID: secret.NewID("fal_", m.now), Bucket: "web", ClientID: "web", Kind: idp.FailScope, At: m.now}}),
		"bounce":   m.store.RecordBounce(ctx, magiclink.Bounce{LetterID: "let_x", Email: "gone" + unique + "@example.com", At: m.now, WrittenAt: m.now, Mark: true}),
		"sign out": ended,
	} {
		if err != nil {
			m.t.Fatalf("day %d: %s: %v", n, what, err)
		}
	}
}

// Two years, a purge each day: after the longest life of a row no table grows, and
// the oldest row that is left ended at most a week ago.
func TestNoTableGrowsWithTheYears(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, m := context.Background(), newTold(t, s)
		const step, steps = 4, 2 * 365 / 4
		keys, err := audit.LoadKeys(ctx, s, m.keys())
		if err != nil {
			t.Fatal(err)
		}
		events := &audit.Sealer{Store: s, Keys: keys, Now: func() time.Time { return m.now }}
		var year map[string]int64
		for n := range steps {
			m.now = m.now.Add(step * 24 * time.Hour)
			m.day(n)
			if _, err := s.Purge(ctx, m.now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if _, err := events.Seal(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := events.Purge(ctx, 120*24*time.Hour); err != nil { // audit.retention
				t.Fatal(err)
			}
			if n == steps/2-1 {
				var err error
				if year, err = s.Sizes(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		sizes, err := s.Sizes(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for table, n := range sizes {
			if n > year[table] {
				t.Errorf("%s had %d rows after a year, and %d after two", table, year[table], n)
			}
		}
		report := s.LastPurge()
		if report.Runs != steps || !report.Now.Equal(m.now.Add(time.Hour)) || len(report.Tables) < 10 {
			t.Fatalf("%+v", report)
		}
		for _, p := range report.Tables {
			if p.Total == 0 {
				t.Errorf("%s was never purged: this test shows nothing of it", p.Table)
			}
			if !p.Oldest.IsZero() && p.Oldest.Before(m.now.Add(-8*24*time.Hour)) {
				t.Errorf("the oldest row of %s ended at %s, and now is %s", p.Table, p.Oldest, m.now)
			}
		}
	})
}

// A purge of more rows than one statement takes deletes them all.
func TestPurgeOfManyBatches(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		var all []idp.Once
		for i := range 2500 {
			all = append(all, idp.Once{Hash: secret.Hash(fmt.Sprint(i)), Expires: start})
		}
		if err := s.Spend(ctx, all...); err != nil {
			t.Fatal(err)
		}
		n, err := s.Purge(ctx, start.Add(time.Hour))
		if err != nil || n != 2500 {
			t.Fatalf("%d rows, %v", n, err)
		}
	})
}

// A budget is forgotten when all of its windows are over, not when the longest is.
func TestPurgeKeepsWindowsThatRun(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, m := context.Background(), newMailbox(t, s)
		b := budget("b", magiclink.Rate{Max: 100, Window: 24 * time.Hour}, magiclink.Rate{Max: 100, Window: time.Hour}, magiclink.Rate{Max: 3, Window: 5 * time.Minute})
		for _, after := range []time.Duration{0, 23*time.Hour + 59*time.Minute} {
			m.now = start.Add(after)
			for range 3 {
				if err := m.spend(b); err != nil {
					t.Fatal(err)
				}
			}
		}
		m.now = start.Add(24*time.Hour + time.Minute)
		if _, err := s.Purge(ctx, m.now); err != nil {
			t.Fatal(err)
		}
		if err := m.spend(b); err == nil {
			t.Error("a fourth use in five minutes, because the day was over")
		}
		m.now = start.Add(72 * time.Hour)
		if _, err := s.Purge(ctx, m.now); err != nil {
			t.Fatal(err)
		}
		left, err := s.Sizes(ctx)
		if err != nil || left["counters"] != 0 {
			t.Errorf("%d counters are left, %v", left["counters"], err)
		}
	})
}

// One table that cannot be purged keeps no other from it, and the report is there.
func TestPurgeGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, m := context.Background(), newMailbox(t, s)
		m.day(1)
		if err := storage.ExecForTest(s, `DROP TABLE challenge_secrets`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Purge(ctx, m.now.Add(1000*24*time.Hour)); err == nil || !strings.Contains(err.Error(), "purge challenge_secrets") {
			t.Fatalf("the failure is not told: %v", err)
		}
		if r := s.LastPurge(); r.Runs != 1 || len(r.Tables) != len(storage.PurgedForTest()) {
			t.Errorf("the report tells of %d runs and %d tables", r.Runs, len(r.Tables))
		}
		left, err := s.Sizes(ctx)
		if err != nil || left["outbox"] != 0 || left["challenges"] != 0 || left["spent"] != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}
