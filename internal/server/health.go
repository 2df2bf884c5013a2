package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ReadyTimeout is how long whoever asks for readiness waits for the parts.
const ReadyTimeout = 2 * time.Second

// Part is something that requests need, and how it is.
type Part struct {
	Name   string
	State  State
	Detail string // for the administrator; "" if there is nothing to say
}

// State is how a part is.
type State string

// The states.
const (
	Well State = "ok"
	// Degraded: something does not work, and another replica would not do better.
	// Requests go on.
	Degraded State = "degraded"
	// Down: requests are better sent elsewhere.
	Down State = "down"
)

// health answers the probes of whatever watches the process. They come under
// the process's own address, so they stand before the check of the host.
func (s *Server) health(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			w.Write([]byte("ok\n"))
		case "/readyz":
			s.ready(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), ReadyTimeout)
	defer cancel()
	var parts []Part
	if s.Draining() {
		parts = append(parts, Part{"process", Down, "is stopping"})
	}
	if s.cfg.Health != nil {
		parts = append(parts, s.cfg.Health(ctx)...)
	}
	status, text := http.StatusOK, "ok\n"
	if slices.ContainsFunc(parts, func(p Part) bool { return p.State == Down }) {
		status, text = http.StatusServiceUnavailable, "not ready\n"
	}
	if s.cfg.Candid && s.cfg.Admits(r.Host) { // a page that gave this address a name of its own is no administrator
		text += describe(parts)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(text))
}

// describe is one line for each part.
func describe(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%s: %s", p.Name, p.State)
		if p.Detail != "" {
			b.WriteString(", " + strings.ReplaceAll(p.Detail, "\n", " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
