package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// All replicas reload the same file within a second: what each of them planned
// happens once.
func TestReplicasApplyOnePlanOnce(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx := context.Background()
		m := newTold(t, s)
		g := m.granted("ada@example.com", "app", "two")
		plan := idp.ClientPlan{Add: []idp.Client{{ID: "new"}}, Change: []idp.Client{{ID: "quiet", Name: "Changed"}}, Disable: []string{"app", "two"}}
		if err := errors.Join(race(16, func(int) error { return s.ApplyClients(ctx, plan, m.now) })...); err != nil {
			t.Fatal(err)
		}
		m.wants("16 replicas", "app "+g.SessionID, "two "+g.SessionID)
	})
}

// A replica whose clock is behind changes the version too, and so does a second
// change in one millisecond: the others read the clients again.
func TestEveryChangeOfClientsHasAVersion(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		ctx, now := context.Background(), time.Now()
		versions := map[string]bool{}
		for i, at := range []time.Time{now, now, now.Add(-time.Hour), now.Add(-time.Hour)} {
			plan := idp.ClientPlan{Change: []idp.Client{{ID: []string{"app", "two"}[i%2], Name: string(rune('a' + i))}}}
			if i == 3 {
				plan = idp.ClientPlan{Disable: []string{"two"}}
			}
			if err := s.ApplyClients(ctx, plan, at); err != nil {
				t.Fatal(err)
			}
			v, err := s.ClientsVersion(ctx)
			if err != nil || versions[v] {
				t.Errorf("change %d: version %s is known already, %v", i, v, err)
			}
			versions[v] = true
		}
	})
}
