package storage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// trips is what a gathering sends: it lets nobody through before it is told to.
type trips struct {
	mu   sync.Mutex
	made [][]*step
	gate chan error
}

func newTrips() (*trips, *gathering) {
	tr := &trips{gate: make(chan error)}
	return tr, &gathering{send: tr.send, free: lanes}
}

func (tr *trips) send(_ context.Context, steps []*step) error {
	tr.mu.Lock()
	tr.made = append(tr.made, steps)
	tr.mu.Unlock()
	return <-tr.gate
}

// Who finds no lane free travels with all others who wait, but with no crowd.
func TestReadsThatWaitTravelTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips()
		var alone, shared int
		var mu sync.Mutex
		for range lanes + mostRead + 3 {
			go func() {
				of, err := g.read(t.Context(), []*step{{}})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if of {
					shared++
				} else {
					alone++
				}
			}()
		}
		synctest.Wait()
		if len(tr.made) != lanes {
			t.Fatalf("%d round trips at once, want %d", len(tr.made), lanes)
		}
		close(tr.gate)
		synctest.Wait()
		if alone != lanes || shared != mostRead+3 {
			t.Errorf("%d alone and %d together", alone, shared)
		}
		if n := len(tr.made); n != lanes+2 || len(tr.made[lanes])+len(tr.made[lanes+1]) != mostRead+3 || max(len(tr.made[lanes]), len(tr.made[lanes+1])) != mostRead {
			t.Errorf("%d round trips", n)
		}
		if g.free != lanes {
			t.Errorf("%d lanes are free in the end", g.free)
		}
	})
}

// Nobody who waits is bound to others: they may leave, and they have patience of
// their own.
func TestWaitingReadsMayLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips()
		for range lanes {
			go func() { _, _ = g.read(t.Context(), []*step{{}}) }()
		}
		synctest.Wait()
		leaving, leave := context.WithCancel(t.Context())
		left, tired := make(chan error, 1), make(chan error, 1)
		go func() { _, err := g.read(leaving, []*step{{}}); left <- err }()
		go func() { _, err := g.read(t.Context(), []*step{{}}); tired <- err }()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		began := time.Now()
		if err := <-tired; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != patience {
			t.Errorf("who waited got %v after %s", err, time.Since(began))
		}
		close(tr.gate)
	})
}
