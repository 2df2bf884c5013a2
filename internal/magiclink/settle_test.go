package magiclink

import (
	"context"
	"errors"
	"testing"
	"time"

	"idp/internal/secret"
)

// failing is a store whose writes of budgets fail as often as it says.
type failing struct {
	Store
	fail int
	back int // uses given back
}

var errDown = errors.New("down")

func (f *failing) GiveBack(_ context.Context, back []Return) error {
	if f.fail > 0 {
		f.fail--
		return errDown
	}
	for _, r := range back {
		f.back += r.Times
	}
	return nil
}

func (f *failing) Tally(_ context.Context, counts []Count, _ time.Time) error {
	for _, c := range counts {
		if c.Took != nil {
			c.Took(make([]Taken, len(c.Rates)))
		}
	}
	return nil
}

func newTestKeys(t *testing.T) *secret.Keyring {
	t.Helper()
	k, err := secret.NewKeyring(secret.NewToken())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What could not be given back is given back later, once.
func TestSettleKeepsWhatItCouldNotWrite(t *testing.T) {
	t.Parallel()
	store, now := &failing{fail: 1}, time.Unix(1_800_000_000, 0)
	s := NewService(store, newTestKeys(t), Defaults(), func() time.Time { return now }, nil)
	s.completed(&Challenge{Email: "ada@example.com", IP: "192.0.2.1", Sends: 2, CreatedAt: now})
	if err := s.Settle(t.Context()); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if store.back != 3*2 { // the address, the address in its network, the network
		t.Errorf("%d uses are given back, want 6", store.back)
	}
}

// What the database has counted is not counted again because something after it
// failed; what it has not is.
func TestMeterIsLostOnce(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	for _, written := range []bool{true, false} {
		m := newMeter(newTestKeys(t), "m", []Rate{{100, time.Hour}})
		m.add(5, now)
		counts, lost := m.due(now, false)
		if written {
			counts[0].Took([]Taken{{Count: 5, Ends: now.Add(time.Hour)}})
		}
		lost()
		again, _ := m.due(now.Add(time.Minute), false)
		if sum := m.sum(now); sum != 5 || (len(again) == 0) != written {
			t.Errorf("written %v: %d are counted, and %v are written next", written, sum, again)
		}
	}
}
