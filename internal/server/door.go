package server

import (
	"net/http"
	"sync"
)

// door lets requests in to the handler that is in force, and knows when the last
// one has left a handler that was replaced.
type door struct {
	mu  sync.RWMutex
	now *tenant
}

type tenant struct {
	handler http.Handler
	inside  sync.WaitGroup
}

func newDoor(h http.Handler) *door { return &door{now: &tenant{handler: h}} }

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.RLock()
	t := d.now
	t.inside.Add(1) // under the lock, so that nobody comes in once replace has returned
	d.mu.RUnlock()
	defer t.inside.Done()
	t.handler.ServeHTTP(w, r)
}

func (d *door) replace(h http.Handler) (old *tenant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, d.now = d.now, &tenant{handler: h}
	return old
}

// Replace gives all requests from now on to the routes of next, which never
// listens itself. Those in hand finish where they began; the channel is closed
// when the last of them has.
func (s *Server) Replace(next *Server) (left <-chan struct{}) {
	next.draining = s.draining
	old := s.door.replace(next.door.now.handler)
	done := make(chan struct{})
	go func() { defer close(done); old.inside.Wait() }()
	return done
}
