package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"idp/internal/server"
	"idp/web"
)

// After a stop is asked for, balancers hear of it while requests are still served,
// and no connection is kept for a next one.
func TestDrain(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.Load(web.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	s := server.New(server.Config{
		Issuer: &url.URL{Scheme: "http", Host: l.Addr().String()}, Pages: pages, Log: slog.New(slog.DiscardHandler), Now: time.Now, ShutdownDelay: 2 * time.Second,
		Routes: []server.Route{{Path: "/page", Methods: server.Get, Kind: server.Page, Handler: ok}},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	wire := &http.Transport{}
	t.Cleanup(wire.CloseIdleConnections)
	get := func(path string) (status int, closes bool) {
		t.Helper()
		resp, err := (&http.Client{Transport: wire}).Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode, resp.Close
	}
	for _, path := range []string{"/readyz", "/page"} {
		if status, closes := get(path); status != http.StatusOK || closes {
			t.Fatalf("%s before the stop: %d, %v", path, status, closes)
		}
	}
	cancel()
	for began := time.Now(); !s.Draining(); {
		if time.Since(began) > 10*time.Second {
			t.Fatal("it does not drain")
		}
		get("/healthz")
	}
	if status, _ := get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("readyz of a process that stops: %d", status)
	}
	if status, closes := get("/page"); status != http.StatusOK || !closes {
		t.Errorf("a page of a process that stops: %d, connection closed: %v", status, closes)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
