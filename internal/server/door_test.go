package server

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// Who is inside when the routes are replaced finishes there, and is waited for.
func TestReplaceLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	s := &Server{draining: new(atomic.Bool), door: newDoor(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		w.WriteHeader(http.StatusAccepted)
	}))}
	next := &Server{door: newDoor(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))}
	ask := func() int {
		w := httptest.NewRecorder()
		s.door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	old := make(chan int, 1)
	go func() { old <- ask() }()
	<-entered
	left := s.Replace(next)
	if status := ask(); status != http.StatusNoContent {
		t.Errorf("a new request is answered with %d", status)
	}
	select {
	case <-left:
		t.Error("the old routes are given up while a request is in hand")
	default:
	}
	close(release)
	if status := <-old; status != http.StatusAccepted {
		t.Errorf("the request in hand is answered with %d", status)
	}
	<-left
	s.draining.Store(true)
	if !next.Draining() {
		t.Error("/readyz of the new routes does not hear of the stop")
	}
}
