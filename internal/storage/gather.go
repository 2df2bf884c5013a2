package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// gathering sends short reads. Who finds a lane free goes at once and alone. Who
// finds all of them on their way waits for the first that comes back, and travels
// with all others who wait: the busier the server, the fewer the round trips for
// each of them. A round trip is most of what a short read costs either side.
//
// Nobody waits here for long: whoever is not answered within a moment goes alone
// after all, so that a lane that is held up holds up nobody.
type gathering struct {
	// trip asks for all at once, and says after each that it has its answer.
	trip func(ctx context.Context, rs []*reading, answered func()) error
	mu   sync.Mutex
	free int // lanes that are not on their way
	next []*reading
}

const (
	lanes    = 2
	mostRead = 16 // readings of one round trip: none waits long for the others' rows
	moment   = 50 * time.Millisecond
)

// reading is what one caller wants to know.
type reading struct {
	ctx   context.Context
	steps []*step
	done  chan error // never blocks who sends
	mu    sync.Mutex // who has it may use what the steps point to
	left  bool
}

// errAlone tells a caller to go alone: the lane came back without an answer, or
// did not come back soon enough.
var errAlone = errors.New("the shared round trip gave no answer")

func newGathering(p *pool) *gathering { return &gathering{trip: p.trip, free: lanes} }

// look runs steps that do not change anything and find one row at most each.
func (p *pools) look(ctx context.Context, steps []*step) error {
	r := p.reads.enter(ctx, steps)
	if r == nil {
		defer p.reads.arrived()
		return p.pipeline(ctx, durable, steps)
	}
	err := p.reads.wait(r)
	if errors.Is(err, errAlone) {
		return p.pipeline(ctx, durable, steps)
	}
	return err
}

// enter takes a free lane and returns nil, or waits for the next one.
func (g *gathering) enter(ctx context.Context, steps []*step) *reading {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.free > 0 {
		g.free--
		return nil
	}
	r := &reading{ctx: ctx, steps: steps, done: make(chan error, 1)}
	g.next = append(g.next, r)
	return r
}

// arrived gives the lane that came back to those who wait.
func (g *gathering) arrived() {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.next), mostRead)
	if n == 0 {
		g.free++
		return
	}
	together := slices.Clone(g.next[:n])
	g.next = slices.Delete(g.next, 0, n)
	go g.share(together)
}

// wait returns the answer to r, or errAlone. After any error the steps are the
// caller's own again.
func (g *gathering) wait(r *reading) error {
	enough := time.NewTimer(moment)
	defer enough.Stop()
	select {
	case err := <-r.done:
		return carriedOn(err)
	case <-r.ctx.Done():
		g.leave(r)
		return r.ctx.Err()
	case <-enough.C:
		g.leave(r)
		return errAlone
	}
}

// leave takes back what is not under way yet. What is finds nobody any more.
func (g *gathering) leave(r *reading) {
	g.mu.Lock()
	g.next = slices.DeleteFunc(g.next, func(o *reading) bool { return o == r })
	g.mu.Unlock()
	r.mu.Lock()
	r.left = true
	r.mu.Unlock()
}

// share makes one round trip. Each reading has its answer as soon as its rows are
// there. A trace shows the trip at the request that waited longest.
func (g *gathering) share(rs []*reading) {
	defer g.arrived()
	answered := 0
	defer func() {
		err := errAlone
		if v := recover(); v != nil {
			err = &panicked{v}
		}
		for _, r := range rs[answered:] {
			r.done <- err
		}
	}()
	_ = g.trip(context.WithoutCancel(rs[0].ctx), rs, func() { // whom it fails goes alone, and hears why
		rs[answered].done <- nil
		answered++
	})
}

// trip sends the steps of all in one batch and gives each its rows as they come.
func (p *pool) trip(ctx context.Context, rs []*reading, answered func()) error {
	return p.with(ctx, func(ctx context.Context, conn *pgxpool.Conn) (err error) {
		var b pgx.Batch
		for _, r := range rs {
			for _, st := range r.steps {
				b.Queue(numbered(st.query), st.args...)
			}
		}
		results := conn.SendBatch(ctx, &b)
		defer func() { err = errors.Join(err, results.Close()) }()
		for _, r := range rs {
			if err := r.read(results); err != nil {
				return err
			}
			answered()
		}
		return nil
	})
}

func (r *reading) read(results pgx.BatchResults) error {
	for _, st := range r.steps {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		if rows.Next() {
			err = r.take(st, rows.Scan)
		}
		rows.Close()
		if err = errors.Join(err, rows.Err()); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) take(st *step, scan func(...any) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left {
		return nil
	}
	err := scan(st.into...)
	st.found = err == nil
	return err
}

// panicked carries a panic to those for whom it happened: it ends their requests and
// not the process.
type panicked struct{ value any }

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func carriedOn(err error) error {
	if p, ok := errors.AsType[*panicked](err); ok {
		panic(p.value)
	}
	return err
}
