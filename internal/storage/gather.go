package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// gathering sends what requests ask of the database all the time. Who finds a lane
// free goes at once and alone. Who finds all of them on their way waits for the first
// that comes back, and travels with all others who wait; a full party waits for
// nothing. So the busier the server, the fewer the round trips and commits for each:
// they are most of what something short costs either side.
//
// Nobody waits here for long: once somebody did for a moment, all who wait go, and the
// lanes that did not come back are written off, so that what holds them up holds up
// nobody who comes later.
type gathering struct {
	// trip takes everybody's steps along. Those whom it gives no answer by then get what
	// it returns.
	trip  func(ctx context.Context, party []*errand) error
	lanes int
	most  int  // errands of one round trip: none waits long for the others
	stays bool // who is under way must wait for the end

	mu   sync.Mutex
	out  int // lanes on their way, but for those written off
	era  int // counts how often they were
	next []*errand
}

// moment is how long anybody waits for a lane, and at least how long for an answer
// before leaving the party.
const moment = 50 * time.Millisecond

// errand is what one caller wants done.
type errand struct {
	ctx      context.Context
	steps    []*step
	done     chan error // never blocks who sends
	answered bool
	late     bool       // a moment ended since it is under way
	mu       sync.Mutex // who has it may use what the steps point to
	left     bool
}

// answer tells its caller what came of it. Only the first counts.
func (e *errand) answer(err error) {
	if !e.answered {
		e.answered = true
		e.done <- err
	}
}

// errAlone tells a caller to go alone: the lane came back without an answer and
// changed nothing, or did not come back soon enough.
var errAlone = errors.New("the shared round trip gave no answer")

// run does steps, alone where there is no company or it does no good. After any error
// the steps are the caller's own again.
func (g *gathering) run(ctx context.Context, steps []*step, alone func() error) error {
	e, era := g.enter(ctx, steps)
	if e == nil {
		defer g.arrived(era)
		return alone()
	}
	err := g.wait(e)
	if errors.Is(err, errAlone) {
		return alone()
	}
	return err
}

// enter takes a free lane and returns nil, or waits for the next one.
func (g *gathering) enter(ctx context.Context, steps []*step) (e *errand, era int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.out < g.lanes {
		g.out++
		return nil, g.era
	}
	e = &errand{ctx: ctx, steps: steps, done: make(chan error, 1)}
	g.next = append(g.next, e)
	if len(g.next) == g.most {
		g.depart()
	}
	return e, g.era
}

// arrived gives the lane that came back to those who wait.
func (g *gathering) arrived(era int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if era != g.era {
		return
	}
	if g.out--; g.out < g.lanes && len(g.next) > 0 {
		g.depart()
	}
}

// depart sends all who wait on their way. Its caller has g.mu.
func (g *gathering) depart() {
	g.out++
	go g.share(g.next, g.era)
	g.next = nil
}

// wait returns what came of e, or errAlone.
func (g *gathering) wait(e *errand) error {
	tired := time.NewTimer(moment)
	defer tired.Stop()
	for {
		select {
		case err := <-e.done:
			return carriedOn(err)
		case <-tired.C:
			if g.hurry(e) {
				return errAlone
			}
			tired.Reset(moment)
		case <-e.ctx.Done():
			if g.leave(e) {
				return e.ctx.Err()
			}
			return carriedOn(<-e.done)
		}
	}
}

// hurry sends all who wait with e on their way. Under way, it takes e back if it may
// and a whole moment has passed.
func (g *gathering) hurry(e *errand) (left bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.Contains(g.next, e) {
		g.era++
		g.out = 0
		g.depart()
		e.late = true // once the timer ends again
		return false
	}
	if !e.late {
		e.late = true
		return false
	}
	return g.takeBack(e)
}

// leave takes back what is not under way yet, and what is if it may.
func (g *gathering) leave(e *errand) (left bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.next, e); i >= 0 {
		g.next = slices.Delete(g.next, i, i+1)
		return true
	}
	return g.takeBack(e)
}

func (g *gathering) takeBack(e *errand) bool {
	if g.stays {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.left = true
	return true
}

// share makes one round trip. A trace shows it at the request that waited longest.
func (g *gathering) share(party []*errand, era int) {
	defer g.arrived(era)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(party[0].ctx), patience)
	defer cancel()
	err := errAlone
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, debug.Stack()}
		}
		for _, e := range party {
			e.answer(err)
		}
	}()
	err = g.trip(ctx, party)
}

// panicked carries a panic to those for whom it happened: it ends their requests and
// not the process.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("%v\n%s", p.value, p.stack) }

func carriedOn(err error) error {
	if p, ok := errors.AsType[*panicked](err); ok {
		panic(p)
	}
	return err
}

// travellers are everybody's steps, one behind the other, and whose each of them is.
type travellers struct {
	steps []*step
	of    []*errand
}

func (t *travellers) add(e *errand, steps ...*step) {
	for _, st := range steps {
		t.steps, t.of = append(t.steps, st), append(t.of, e)
	}
}

func (t *travellers) addAll(party []*errand) {
	for _, e := range party {
		t.add(e, e.steps...)
	}
}

// readers are travellers who may have left. Each has its answer as soon as its rows
// are there.
type readers struct{ travellers }

func (r *readers) row(i int, scan func(...any) error) error { return r.of[i].take(r.steps[i], scan) }

func (r *readers) done(i int, _ int64) {
	if i+1 == len(r.of) || r.of[i] != r.of[i+1] {
		r.of[i].answer(nil)
	}
}

// newReads is for steps that change nothing and find one row at most each.
func newReads(p *pool) *gathering {
	return &gathering{lanes: 2, most: 16, trip: func(ctx context.Context, party []*errand) error {
		var r readers
		r.addAll(party)
		err := p.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := p.ask(ctx, conn, r.steps, &r)
			return err
		})
		if err != nil {
			return errAlone // whom it failed hears why
		}
		return nil
	}}
}

func (e *errand) take(st *step, scan func(...any) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left {
		return nil
	}
	return st.row(scan)
}

// newWrites is for steps that may change rows, all of a party in one transaction, as
// if each had come behind the other: they hear of it when it is committed. What the
// database refuses of one undoes it for all. That one goes alone, the others once more
// together, and if that fails too, each for itself. So does who would wait for a row
// that somebody else holds: nobody stands long behind a lock that is not his, nor do
// two parties that wait for each other. Only a row that cannot be read, which is a fault
// of this program, is told to all though it is committed.
func newWrites(p *pool) *gathering {
	return &gathering{lanes: 1, most: 16, stays: true, trip: func(ctx context.Context, party []*errand) error {
		spoiler, err := p.write(ctx, party)
		if spoiler != nil && undone(err) {
			spoiler.answer(errAlone)
			if party = slices.DeleteFunc(slices.Clone(party), func(e *errand) bool { return e == spoiler }); len(party) > 0 {
				_, err = p.write(ctx, party)
			}
		}
		if undone(err) {
			return errAlone
		}
		return err
	}}
}

// waitBriefly is for locks, a little longer on one connection than on the next: of two
// parties that wait for each other, one is soon alone with the rows.
const waitBriefly = `SELECT set_config('lock_timeout', CAST(30 + pg_backend_pid() % 41 AS TEXT), true)`

// write sends a party and says whose steps failed; nil for nobody's.
func (p *pool) write(ctx context.Context, party []*errand) (spoiler *errand, err error) {
	var t travellers
	t.add(nil, &step{query: waitBriefly})
	t.addAll(party)
	for _, st := range t.steps {
		st.begin()
	}
	err = p.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		failed, err := p.ask(ctx, conn, t.steps, own(t.steps))
		if failed >= 0 {
			spoiler = t.of[failed]
		}
		return err
	})
	return spoiler, err
}
