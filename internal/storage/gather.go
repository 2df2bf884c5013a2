package storage

import (
	"context"
	"sync"
	"time"
)

// gathering sends reads. Who finds a lane free goes at once and alone. Who finds all
// of them on their way waits for the first that comes back, and travels with all
// others who wait: the busier the server, the fewer the round trips for each of
// them. A round trip is most of what a short read costs either side.
type gathering struct {
	send func(context.Context, []*step) error // one round trip
	mu   sync.Mutex
	free int // lanes that are not on their way
	next []*reading
}

// reading is what one caller wants to know.
type reading struct {
	ctx   context.Context
	steps []*step
	done  chan error // never blocks who sends
}

const (
	lanes    = 2
	mostRead = 32 // readings of one round trip: none waits long for the others' rows
)

func newGathering(p *pool) *gathering { return &gathering{send: p.once, free: lanes} }

// look runs steps, which must not change anything. Nobody is harmed by what others
// ask: if a round trip fails that was shared, each goes once more, alone.
func (p *pools) look(ctx context.Context, steps []*step) error {
	began := time.Now()
	shared, err := p.reads.read(ctx, steps)
	if err == nil || ctx.Err() != nil || time.Since(began) > patience || !shared && !mayRepeat(err, steps) {
		return err
	}
	return p.pipeline(ctx, durable, steps)
}

func (g *gathering) read(ctx context.Context, steps []*step) (shared bool, err error) {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		defer g.arrived()
		return false, g.send(ctx, steps)
	}
	r := &reading{ctx, steps, make(chan error, 1)}
	g.next = append(g.next, r)
	g.mu.Unlock()
	return true, r.wait()
}

// wait returns before the answer if the caller leaves or is out of patience. Nobody
// reads then what the steps still find.
func (r *reading) wait() error {
	patient := time.NewTimer(patience)
	defer patient.Stop()
	select {
	case err := <-r.done:
		return err
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-patient.C:
		return context.DeadlineExceeded
	}
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
	together := g.next[:n:n]
	g.next = g.next[n:]
	go g.share(together)
}

// share makes one round trip. A trace shows it at the request that waited longest.
func (g *gathering) share(rs []*reading) {
	defer g.arrived()
	var all []*step
	for _, r := range rs {
		all = append(all, r.steps...)
	}
	err := g.send(context.WithoutCancel(rs[0].ctx), all)
	for _, r := range rs {
		r.done <- err
	}
}
