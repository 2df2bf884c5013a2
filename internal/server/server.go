package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
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
	// Refused hears of requests that were refused to an application, when their
	// answer is written; nil if nobody wants to know. It must not block.
	Refused func(e *reqlog.Event, route string)
	// Ready reports whether requests can be served; /readyz asks it.
	Ready func(context.Context) error
}

// Server serves the provider.
type Server struct {
	cfg    Config
	origin *http.CrossOriginProtection
	http   *http.Server
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
	s := &Server{cfg: cfg, origin: http.NewCrossOriginProtection()}
	s.http = &http.Server{
		Handler:           s.handler(cfg.Routes),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
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
	return s.http.ServeTLS(l, "", "")
}

// Serve answers on l until ctx ends, then lets the requests in hand finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.accept(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := s.http.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop HTTP: %w", err)
	}
	return s.http.Close()
}
