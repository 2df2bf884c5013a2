package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"idp/internal/spans"
)

// live is what the configurations of one process, one after the other, share: the
// one in force, and the work of those that were replaced.
type live struct {
	current atomic.Pointer[App]
	state   atomic.Pointer[ReloadState]

	mu         sync.Mutex      // one change at a time
	background context.Context // nil before Serve
	end        func()          // ends the background work of current
	stopping   chan struct{}
	replaced   sync.WaitGroup

	seeing seeing
}

func newLive(now time.Time, tracer *spans.Tracer) *live {
	l := &live{stopping: make(chan struct{})}
	l.state.Store(&ReloadState{At: now})
	l.seeing = newSeeing(l, tracer)
	return l
}

// begin puts the first configuration in force.
func (l *live) begin(a *App) {
	l.current.Store(a)
	l.seeing.watch(l, a)
}

// declared reports whether the configuration in force names a client; while there is
// none yet, it names nobody.
func (l *live) declared(clientID string) bool {
	a := l.current.Load()
	return a != nil && a.declared(clientID)
}

func (l *live) start(background context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.background, l.end = background, l.current.Load().run(background)
}

// replace puts next in force. What works for the one before ends when the last
// request has left it.
func (l *live) replace(door, next *App) {
	end := l.end
	l.current.Store(next)
	if end == nil { // nobody serves yet
		door.Server.Replace(next.Server)
		return
	}
	l.end = next.run(l.background)
	left := door.Server.Replace(next.Server)
	l.replaced.Go(func() {
		select {
		case <-left:
		case <-l.stopping: // the listener gave those up that are left
		}
		end()
	})
}

// stop ends all background work when the last request is over.
func (l *live) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.stopping)
	l.end()
	l.replaced.Wait()
}
