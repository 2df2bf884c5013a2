package year_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"time"

	"idp/internal/app"
	"idp/internal/config"
)

// replica is one process of the provider.
type replica struct {
	app  *app.App
	at   *url.URL
	look chan struct{} // SIGHUP
	stop func()
}

// openFront is what browsers reach: it gives requests to the replicas in turn.
func (w *world) openFront() {
	balance := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(w.next())
		r.Out.Host = r.In.Host
	}, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	w.front = httptest.NewServer(balance)
	w.t.Cleanup(w.front.Close)
}

// next is where the next request goes.
func (w *world) next() *url.URL {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	return w.serving[w.turn%len(w.serving)].at
}

// serve says who serves from now on.
func (w *world) serve(replicas []*replica) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas, w.serving = replicas, slices.Clone(replicas)
}

// start adds a replica, which migrates if there is something to migrate.
func (w *world) start() {
	w.t.Helper()
	cfg, err := config.Load(w.file, w.getenv)
	if err != nil {
		w.t.Fatal(err)
	}
	r := &replica{look: make(chan struct{})}
	r.app, err = app.New(context.Background(), cfg, app.Options{
		Log: w.Logs.Logger(), Now: w.Clock.Now,
		Follow: &app.Follow{File: config.OpenFile(w.file, w.getenv), Now: r.look, Every: time.Hour},
	})
	if err != nil {
		w.t.Fatalf("%s: start: %v", w.date(), err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	r.at = &url.URL{Scheme: "http", Host: l.Addr().String()}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.app.Serve(ctx, l) }()
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("stop: %v", err)
		}
	}
	w.t.Cleanup(r.stop)
	w.serve(append(w.replicas, r))
	w.App = r.app
}

// leave stops the oldest replica; another one goes on.
func (w *world) leave() {
	w.t.Helper()
	gone := w.replicas[0]
	w.serve(w.replicas[1:])
	if len(w.replicas) > 0 {
		w.App = w.replicas[len(w.replicas)-1].app
	}
	gone.stop()
}

// roll replaces all replicas, one after the other.
func (w *world) roll() {
	w.t.Helper()
	for range len(w.replicas) {
		w.start()
		w.visitAny()
		w.leave()
	}
}

// reload has every replica look at the file, and wants them to take it, or not.
func (w *world) reload(taken bool) {
	w.t.Helper()
	for _, r := range w.replicas {
		before := r.app.ReloadState()
		r.look <- struct{}{}
		for deadline := time.Now().Add(20 * time.Second); ; {
			s := r.app.ReloadState()
			if s.Reloads+s.Failures > before.Reloads+before.Failures {
				if taken != (s.Err == "") {
					w.errorf("reload: %+v", s)
				}
				break
			}
			if time.Now().After(deadline) {
				w.t.Fatalf("%s: no reload: %+v", w.date(), s)
			}
			<-time.After(5 * time.Millisecond) // not every change of the state is logged
		}
	}
}
