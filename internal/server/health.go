package server

import (
	"context"
	"net/http"
	"time"
)

const readyTimeout = 2 * time.Second

// health answers the probes of whatever watches the process. They come under
// the process's own address, so they stand before the check of the host.
func (s *Server) health(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			w.Write([]byte("ok\n"))
		case "/readyz":
			ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
			defer cancel()
			if s.cfg.Ready != nil && s.cfg.Ready(ctx) != nil {
				http.Error(w, "database: not reachable", http.StatusServiceUnavailable)
				return
			}
			w.Write([]byte("ok\n"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}
