package storage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// trips is what a gathering sends. None comes back before it is told to.
type trips struct {
	mu   sync.Mutex
	made [][]*reading
	back chan func(answered func()) error // what becomes of one
}

func newTrips() (*trips, *gathering) {
	tr := &trips{back: make(chan func(func()) error)}
	return tr, &gathering{trip: tr.trip, free: lanes}
}

func (tr *trips) trip(_ context.Context, rs []*reading, answered func()) error {
	tr.mu.Lock()
	tr.made = append(tr.made, rs)
	tr.mu.Unlock()
	return (<-tr.back)(answered)
}

// all answers everybody.
func (tr *trips) all(rs int) func(func()) error {
	return func(answered func()) error {
		for range rs {
			answered()
		}
		return nil
	}
}

// takeLanes takes all of them.
func takeLanes(t *testing.T, g *gathering) {
	t.Helper()
	for range lanes {
		if g.enter(t.Context(), nil) != nil {
			t.Fatal("no lane is free")
		}
	}
}

// waiters begin to wait, and say what they got.
func waiters(ctx context.Context, g *gathering, n int) chan error {
	got := make(chan error, n)
	for range n {
		r := g.enter(ctx, []*step{{}})
		go func() { got <- g.wait(r) }()
	}
	return got
}

// Who finds no lane free travels with all others who wait, but with no crowd.
func TestReadsThatWaitTravelTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips()
		takeLanes(t, g)
		got := waiters(t.Context(), g, mostRead+3)
		synctest.Wait()
		if len(tr.made) != 0 {
			t.Fatalf("%d round trips before a lane is free", len(tr.made))
		}
		g.arrived()
		g.arrived()
		synctest.Wait()
		if len(tr.made) != 2 || len(tr.made[0])+len(tr.made[1]) != mostRead+3 || max(len(tr.made[0]), len(tr.made[1])) != mostRead {
			t.Fatalf("%d round trips", len(tr.made))
		}
		for _, rs := range tr.made {
			tr.back <- tr.all(len(rs))
		}
		for range mostRead + 3 {
			if err := <-got; err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if g.free != lanes || len(g.next) != 0 {
			t.Errorf("%d lanes are free in the end, %d wait", g.free, len(g.next))
		}
	})
}

// A lane that is held up holds up nobody else, on its way or before. Nothing is asked
// for those who left.
func TestWaitingReadsLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips()
		takeLanes(t, g)
		sent := waiters(t.Context(), g, 1)
		g.arrived()
		synctest.Wait()
		leaving, leave := context.WithCancel(t.Context())
		left, tired := waiters(leaving, g, 1), waiters(t.Context(), g, 100)
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		began := time.Now()
		for range 100 {
			if err := <-tired; !errors.Is(err, errAlone) {
				t.Errorf("who waited got %v", err)
			}
		}
		if err := <-sent; !errors.Is(err, errAlone) || time.Since(began) != moment {
			t.Errorf("who was sent and not answered got %v, after %s", err, time.Since(began))
		}
		last := waiters(t.Context(), g, 1)
		tr.back <- tr.all(1)
		synctest.Wait()
		if n := len(tr.made); n != 2 || len(tr.made[1]) != 1 {
			t.Errorf("%d round trips, with others than who still waits", n)
		}
		tr.back <- tr.all(1)
		if err := <-last; err != nil {
			t.Error(err)
		}
	})
}

// What fails for all is nobody's fault: who has an answer keeps it, the others go
// alone. A panic ends their requests, where it would have without company.
func TestSharedTripsFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips()
		takeLanes(t, g)
		got := waiters(t.Context(), g, 3)
		g.arrived()
		tr.back <- func(answered func()) error { answered(); return errors.New("cut") }
		var answers, alone int
		for range 3 {
			switch err := <-got; {
			case err == nil:
				answers++
			case errors.Is(err, errAlone):
				alone++
			}
		}
		if answers != 1 || alone != 2 {
			t.Errorf("%d answers, %d alone", answers, alone)
		}
		synctest.Wait()
		if g.free != 1 || g.enter(t.Context(), nil) != nil {
			t.Fatalf("%d lanes are free, want 1", g.free)
		}
		r := g.enter(t.Context(), []*step{{}})
		g.arrived()
		tr.back <- func(func()) error { panic("broken") }
		defer func() {
			if v := recover(); v != "broken" {
				t.Errorf("the panic came as %v", v)
			}
		}()
		_ = g.wait(r)
		t.Error("nothing came of the panic")
	})
}
