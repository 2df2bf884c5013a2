package storage_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// A registration that nobody ever signed in with goes; one that somebody did stays,
// even when nothing is left of that.
func TestUnusedClientsGo(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m, ctx := newMailbox(t, s), context.Background()
		const ttl = 30 * 24 * time.Hour
		register := func(id string, at time.Time) {
			t.Helper()
			if err := s.RegisterClient(ctx, idp.Client{ID: id}, "hash", 10, at); err != nil {
				t.Fatal(err)
			}
		}
		m.declare("app")
		register("dyn_used", m.now)
		register("dyn_unused", m.now)
		register("dyn_changed", m.now)
		used := m.granted("ada@example.com", "dyn_used")
		if err := s.ChangeRegisteredClient(ctx, idp.Client{ID: "dyn_changed"}, "hash", m.now.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		purge := func(after time.Duration, want int) {
			t.Helper()
			now := m.now.Add(after)
			if n, err := s.PurgeUnusedClients(ctx, now.Add(-ttl), now); err != nil || n != want {
				t.Errorf("after %s: %d went, want %d; %v", after, n, want, err)
			}
		}
		purge(time.Hour, 0)
		grantGone(t, s, used.ID)
		purge(ttl-time.Hour, 0)
		purge(ttl+time.Hour, 1)
		purge(ttl+time.Hour, 0)
		register("dyn_late", m.now.Add(ttl))
		purge(ttl+25*time.Hour, 1)
		list, err := s.Clients(ctx)
		var left []string
		for _, c := range list {
			left = append(left, c.ID)
		}
		if err != nil || len(left) != 3 || left[0] != "app" || left[1] != "dyn_late" || left[2] != "dyn_used" {
			t.Errorf("left are %v, %v", left, err)
		}
		// Each that went is told of, as every change is.
		events, err := s.Events(ctx, audit.Query{Name: string(audit.ClientDisabled)})
		var told []string
		for _, e := range events {
			told = append(told, e.Client+" "+e.Actor+" "+e.Result)
		}
		slices.Sort(told)
		if err != nil || !slices.Equal(told, []string{"dyn_changed system unused", "dyn_unused system unused"}) {
			t.Errorf("told are %v, %v", told, err)
		}
	})
}

// grantGone purges the grant, as time does.
func grantGone(t *testing.T, s *storage.Store, id string) {
	t.Helper()
	ctx, later := context.Background(), time.Unix(4_000_000_000, 0)
	if _, err := s.Purge(ctx, later); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Grant(ctx, id, later); !errors.Is(err, idp.ErrNotFound) {
		t.Fatalf("the grant is still there: %v", err)
	}
}
