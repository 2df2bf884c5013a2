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
