package storage

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// trips is what a gathering sends. None comes back before it is told to.
type trips struct {
	mu   sync.Mutex
	made [][]*errand
	back chan func(party []*errand) error // what becomes of one
}

const crowd = 16

func newTrips(lanes int) (*trips, *gathering) {
	tr := &trips{back: make(chan func([]*errand) error)}
	return tr, &gathering{trip: tr.trip, lanes: lanes, most: crowd}
}

func (tr *trips) trip(_ context.Context, party []*errand) error {
	tr.mu.Lock()
	tr.made = append(tr.made, party)
	tr.mu.Unlock()
	return (<-tr.back)(party)
}

// all is a trip that ends well.
func all([]*errand) error { return nil }

// takeLanes takes all of them.
func takeLanes(t *testing.T, g *gathering) {
	t.Helper()
	for range g.lanes {
		if e, _ := g.enter(t.Context(), nil); e != nil {
			t.Fatal("no lane is free")
		}
	}
}

// waiters begin to wait, and say what they got.
func waiters(ctx context.Context, g *gathering, n int) chan error {
	got := make(chan error, n)
	for range n {
		e, _ := g.enter(ctx, []*step{{}})
		go func() { got <- g.wait(e) }()
	}
	return got
}

func expect(t *testing.T, got chan error, n int, want error) {
	t.Helper()
	for range n {
		if err := <-got; !errors.Is(err, want) {
			t.Errorf("%v instead of %v", err, want)
		}
	}
}

// Who finds no lane free travels with all others who wait. A full party waits for
// nothing.
func TestWhoWaitsTravelsTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips(2)
		takeLanes(t, g)
		got := waiters(t.Context(), g, crowd-1)
		synctest.Wait()
		if len(tr.made) != 0 {
			t.Fatalf("%d round trips before a lane is free", len(tr.made))
		}
		more := waiters(t.Context(), g, 4)
		synctest.Wait()
		if len(tr.made) != 1 || len(tr.made[0]) != crowd {
			t.Fatalf("%d round trips, want the one of a full party", len(tr.made))
		}
		g.arrived(g.era)
		synctest.Wait()
		if len(tr.made) != 1 {
			t.Fatal("a party left while all lanes were on their way")
		}
		g.arrived(g.era)
		synctest.Wait()
		if len(tr.made) != 2 || len(tr.made[1]) != 3 {
			t.Fatalf("%d round trips, want a second one of those who waited", len(tr.made))
		}
		tr.back <- all
		tr.back <- all
		expect(t, got, crowd-1, nil)
		expect(t, more, 4, nil)
		synctest.Wait()
		if g.out != 0 || len(g.next) != 0 {
			t.Errorf("%d lanes are on their way in the end, %d wait", g.out, len(g.next))
		}
	})
}

// A lane that is held up holds up nobody for longer than a moment: those who wait for
// it go, and the later ones do not wait for it. Readers who are on their way leave.
func TestALaneThatIsHeldUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips(1)
		takeLanes(t, g)
		sent := waiters(t.Context(), g, 1)
		g.arrived(g.era)
		synctest.Wait()
		leaving, leave := context.WithCancel(t.Context())
		left, tired := waiters(leaving, g, 1), waiters(t.Context(), g, crowd-3)
		leave()
		expect(t, left, 1, context.Canceled)
		time.Sleep(moment)
		synctest.Wait()
		if len(tr.made) != 2 || len(tr.made[1]) != crowd-3 {
			t.Fatalf("%d round trips after a moment, want a second one of all who waited", len(tr.made))
		}
		if len(sent)+len(tired) != 0 {
			t.Error("somebody left who was under way for no longer than a moment")
		}
		began := time.Now()
		expect(t, sent, 1, errAlone)
		expect(t, tired, crowd-3, errAlone)
		if took := time.Since(began); took != moment {
			t.Errorf("they left after %s more", took)
		}
		later := waiters(t.Context(), g, 1)
		time.Sleep(moment)
		synctest.Wait()
		if len(tr.made) != 3 {
			t.Fatal("who came later waits for the same lane")
		}
		tr.back <- all
		tr.back <- all
		synctest.Wait()
		if g.out != 1 {
			t.Error("a lane that was written off came back")
		}
		tr.back <- all
		expect(t, later, 1, nil)
	})
}

// Where every commit takes longer than anybody waits, they go together all the same.
func TestSlowTripsAreShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var parties, alone atomic.Int64
		g := &gathering{lanes: 1, most: crowd, stays: true, trip: func(context.Context, []*errand) error {
			parties.Add(1)
			time.Sleep(2 * moment)
			return nil
		}}
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				_ = g.run(t.Context(), []*step{{}}, func() error {
					alone.Add(1)
					time.Sleep(2 * moment)
					return nil
				})
			})
			time.Sleep(moment / 10)
		}
		all.Wait()
		if alone.Load() > 1 || parties.Load() > 200/9 {
			t.Errorf("%d went alone, all others in %d parties", alone.Load(), parties.Load())
		}
	})
}

// Who changes something hears what came of it, however long that takes, and leaves
// only before.
func TestWritersOnTheirWayStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips(1)
		g.stays = true
		takeLanes(t, g)
		ctx, leave := context.WithCancel(t.Context())
		sent := waiters(ctx, g, 2)
		g.arrived(g.era)
		synctest.Wait()
		left := waiters(ctx, g, 1)
		leave()
		expect(t, left, 1, context.Canceled)
		time.Sleep(10 * moment)
		if len(sent) != 0 {
			t.Error("somebody left who was on the way")
		}
		broken := errors.New("broken")
		tr.back <- func([]*errand) error { return broken }
		expect(t, sent, 2, broken)
	})
}

// What fails for all is nobody's fault: who has an answer keeps it. A panic ends their
// requests, where it would have without company.
func TestSharedTripsFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, g := newTrips(1)
		takeLanes(t, g)
		got := waiters(t.Context(), g, 3)
		g.arrived(g.era)
		tr.back <- func(party []*errand) error { party[1].answer(nil); return errAlone }
		answers, alone := 0, 0
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
		takeLanes(t, g)
		e, _ := g.enter(t.Context(), []*step{{}})
		g.arrived(g.era)
		tr.back <- func([]*errand) error { panic("broken") }
		defer func() {
			if v, ok := recover().(*panicked); !ok || v.value != "broken" {
				t.Error("the panic came as something else")
			}
		}()
		_ = g.wait(e)
		t.Error("nothing came of the panic")
	})
}
