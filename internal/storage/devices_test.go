package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

var deviceHash = secret.TokenOf("a device code").Hash(secret.KindDevice)

// device makes a device that waits, with what a person of this address would
// allow it.
func (m *mailbox) device(email string) idp.Device {
	m.t.Helper()
	g := m.grantOf(email)
	d := idp.Device{
		ID: secret.NewID("dev_", m.now), GrantID: g.ID, ClientID: "app", Scopes: g.Scopes, State: idp.DeviceWaiting, CreatedAt: m.now, ExpiresAt: m.now.Add(idp.DeviceTTL),
	}
	if err := m.store.CreateDevice(context.Background(), d, deviceHash, "mac", nil, m.now); err != nil {
		m.t.Fatal(err)
	}
	d.UserID, d.SessionID = g.UserID, g.SessionID
	return d
}

func TestDevicePauseGrows(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		m.device("ada@example.com")
		for i, c := range []struct {
			after time.Duration
			hasty bool
		}{{0, false}, {5 * time.Second, false}, {2 * time.Second, true}, {6 * time.Second, true}, {15 * time.Second, false}, {10 * time.Second, true}} {
			m.now = m.now.Add(c.after)
			d, err := s.PollDevice(context.Background(), deviceHash, "app", m.now)
			if err != nil || d.Hasty != c.hasty {
				t.Fatalf("poll %d: %+v, %v", i, d, err)
			}
		}
		for what, err := range map[string]error{
			"another client":  second(s.PollDevice(context.Background(), deviceHash, "other", m.now)),
			"another device":  second(s.PollDevice(context.Background(), "x", "app", m.now)),
			"no device":       second(s.PollDevice(context.Background(), "", "app", m.now)),
			"no user code":    second(s.DeviceByCode(context.Background(), "", plenty, m.now)),
			"a wrong one":     second(s.DeviceByCode(context.Background(), "x", plenty, m.now)),
			"an unknown id":   second(s.Device(context.Background(), "x")),
			"no id, no state": second(s.Device(context.Background(), "")),
		} {
			if !errors.Is(err, idp.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

var plenty = []magiclink.Count{{Key: "k", Name: "n", Rates: []magiclink.Rate{{Max: 100, Window: time.Minute}}}}

func second(_ idp.Device, err error) error { return err }

// A try is counted whether it finds something or not, and one above the budget
// finds nothing.
func TestUserCodesAreCounted(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) {
		m := newMailbox(t, s)
		m.device("ada@example.com")
		budget := []magiclink.Count{{Key: "b", Name: "device_codes_per_ip", Rates: []magiclink.Rate{{Max: 3, Window: time.Minute}}}}
		for range 3 {
			if _, err := s.DeviceByCode(context.Background(), "wrong", budget, m.now); !errors.Is(err, idp.ErrNotFound) {
				t.Fatal(err)
			}
		}
		var limited *idp.LimitedError
		if d, err := s.DeviceByCode(context.Background(), "mac", budget, m.now); !errors.As(err, &limited) || d.ID != "" {
			t.Fatalf("the right code after the limit: %+v, %v", d, err)
		}
		m.now = m.now.Add(time.Minute)
		if d, err := s.DeviceByCode(context.Background(), "mac", budget, m.now); err != nil || d.ClientID != "app" {
			t.Fatalf("in the next window: %+v, %v", d, err)
		}
		if err := s.CreateDevice(context.Background(), idp.Device{ID: "dev_x"}, "y", "mac", nil, m.now); !errors.Is(err, idp.ErrConflict) {
			t.Fatalf("a user code twice: %v", err)
		}
	})
}

// A yes that comes while another answer is on its way is told of only if it counts.
func TestOnlyAnApprovalThatCountsIsTold(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), testdb.URL(t, "postgres")
	s := testdb.Open(t, url)
	m := newTold(t, s)
	d := m.device("ada@example.com")
	held, err := storage.HoldForTest(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	no, err := held.BeginTx(ctx, nil)
	if err == nil {
		_, err = no.ExecContext(ctx, `UPDATE device_codes SET state = 'denied'`)
	}
	if err != nil {
		t.Fatal(err)
	}
	yes := make(chan error)
	go func() {
		yes <- s.DecideDevice(ctx, d.ID, idp.DeviceApproved, d.UserID, d.SessionID, m.now)
	}()
	for waits := 0; waits == 0; {
		err := no.QueryRowContext(ctx, `SELECT count(*) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted AND locktype = 'transactionid' AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := no.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-yes; !errors.Is(err, idp.ErrUsed) {
		t.Errorf("the second answer: %v", err)
	}
	events, err := s.Events(ctx, audit.Query{Name: string(audit.DeviceAllowed)})
	if err != nil || len(events) != 0 {
		t.Errorf("%d approvals are told of, %v", len(events), err)
	}
}
