package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"idp/internal/reqlog"
	"idp/web"
)

// Config is what a Server needs.
type Config struct {
	Issuer *url.URL // its host is the only one served
	Pages  *web.Pages
	Log    *slog.Logger
	Now    func() time.Time
	Routes []Route
	// Certificate serves TLS; nil if that is the business of a proxy in front.
	Certificate *Certificate
	// Begin adds to a request's context what the server does not know of; nil for
	// nothing. Done hears of the request when its answer is out; nil for nobody.
	Begin func(context.Context, *http.Request) context.Context
	Done  func(*http.Request, *reqlog.Event)
	// ClientCAs sign the certificates that callers must show; nil if they need none.
	ClientCAs *x509.CertPool
	// Admits reports whether a host name is served; nil if only the issuer's is.
	Admits func(host string) bool
	// Health tells of every part that requests need; /readyz asks it. Candid, which
	// needs Admits, says it to whoever asks: strangers hear only whether all is well.
	Health func(context.Context) []Part
	Candid bool
	// ShutdownDelay is how long requests are still taken after a stop was asked for
	// and /readyz says no.
	ShutdownDelay time.Duration
	// Stopping hears that a stop was asked for; nil for nobody.
	Stopping func()
	// Seen is told of every request that is an event, when its answer is out; nil for
	// nobody. The route is a pattern of Routes, another name in brackets, or "": for
	// preflights, and for hosts that are not served (421).
	Seen func(route string, status int, took time.Duration, e *reqlog.Event)
	// Home is where problems lead that have no way on of their own; its zero value is
	// the account page.
	Home web.Action
	// Trace follows requests that are events; nil for none.
	Trace Trace
	// Refused hears of requests that were refused to an application, when their
	// answer is written; nil if nobody wants to know. It must not block.
	Refused func(e *reqlog.Event, route string)
}

// Trace is asked for the context of a request, and tells who wants to know its end;
// nil for nobody.
type Trace func(*http.Request) (ctx context.Context, over func(route string, status int, e *reqlog.Event))

// Server serves the provider.
type Server struct {
	cfg    Config
	origin *http.CrossOriginProtection
	door   *door
	http   *http.Server

	draining *atomic.Bool
}

const (
	headerTimeout   = 5 * time.Second
	readTimeout     = 15 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	maxHeaderBytes  = 16 << 10
	shutdownTimeout = 10 * time.Second
)

// New makes a Server; it does not listen yet.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, origin: http.NewCrossOriginProtection(), draining: &atomic.Bool{}}
	s.door = newDoor(s.handler(cfg.Routes))
	s.http = &http.Server{
		Handler:           s.door,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		// "OPTIONS *" is answered like everything else, or it would be past all checks.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
	}
	return s
}

// Handler is the whole of the server without a listener, for tests.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// accept serves until the server is closed.
func (s *Server) accept(l net.Listener) error {
	if s.cfg.Certificate == nil {
		return s.http.Serve(l)
	}
	s.http.TLSConfig = s.cfg.Certificate.TLS()
	if s.cfg.ClientCAs != nil {
		s.http.TLSConfig.ClientAuth, s.http.TLSConfig.ClientCAs = tls.RequireAndVerifyClientCert, s.cfg.ClientCAs
	}
	return s.http.ServeTLS(l, "", "")
}

// Draining reports whether a stop was asked for.
func (s *Server) Draining() bool { return s.draining.Load() }

// drain lets balancers find out that they should send nothing more, while what
// they still send is served.
func (s *Server) drain(done <-chan error) {
	s.draining.Store(true)
	if s.cfg.Stopping != nil {
		s.cfg.Stopping()
	}
	if s.cfg.ShutdownDelay <= 0 {
		return
	}
	select {
	case err := <-done:
		s.cfg.Log.Error("serve", "error", err)
	case <-time.After(s.cfg.ShutdownDelay):
	}
}

// Serve answers on l until ctx ends, drains, then lets the requests in hand finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.accept(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	s.drain(done)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := s.http.Shutdown(stop); errors.Is(err, context.DeadlineExceeded) {
		s.cfg.Log.Warn("stop", "error", "requests were cut off that were still in hand after "+shutdownTimeout.String())
	} else if err != nil {
		return fmt.Errorf("stop HTTP: %w", err)
	}
	return s.http.Close()
}
