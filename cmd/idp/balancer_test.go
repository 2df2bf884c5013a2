package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"testing"
	"time"
)

// balancer is what stands in front of several processes: it keeps connections,
// asks each process at /readyz whether it wants requests, and tries the next one
// where a connection is refused. What was sent once is not sent again.
type balancer struct {
	backends []string
	ready    []atomic.Bool
	next     atomic.Int64
	wire     *http.Transport
}

const probeEvery = 50 * time.Millisecond

// newBalancer serves on l until the test ends.
func newBalancer(t *testing.T, l net.Listener, backends ...string) {
	t.Helper()
	b := &balancer{backends: backends, ready: make([]atomic.Bool, len(backends)), wire: &http.Transport{MaxIdleConnsPerHost: 64}}
	ctx, cancel := context.WithCancel(context.Background())
	b.look(ctx)
	probed := make(chan struct{})
	go func() {
		defer close(probed)
		b.probe(ctx)
	}()
	server := &http.Server{Handler: &httputil.ReverseProxy{Transport: b, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme = "http"
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"] // people say where they are
	}}}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { cancel(); <-probed; server.Close(); b.wire.CloseIdleConnections() })
}

func (b *balancer) probe(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.look(ctx)
		}
	}
}

func (b *balancer) look(ctx context.Context) {
	for i, backend := range b.backends {
		b.ready[i].Store(answersAtOnce(ctx, "http://"+backend+"/readyz"))
	}
}

// answersAtOnce allows for a machine that has much to do.
func answersAtOnce(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// RoundTrip sends a request to the next process that wants some. One that fails is
// asked no more until it is ready again.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	var err error
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	first := int(b.next.Add(1))
	err = errors.New("no process wants requests")
	for i := range b.backends {
		n := (first + i) % len(b.backends)
		if !b.ready[n].Load() {
			continue
		}
		out := r.Clone(r.Context())
		if out.URL.Host, out.Body = b.backends[n], http.NoBody; len(body) > 0 {
			out.Body = io.NopCloser(bytes.NewReader(body))
		}
		var resp *http.Response
		if resp, err = b.wire.RoundTrip(out); err == nil {
			return resp, nil
		}
		b.ready[n].Store(false)
		var dial *net.OpError
		if !errors.As(err, &dial) || dial.Op != "dial" {
			return nil, err // it may have arrived
		}
	}
	return nil, err
}
