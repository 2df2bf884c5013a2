package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"idp/internal/reqlog"
	"idp/web"
)

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	route  string
	kind   Kind
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// event gives the request its id and writes its one line when it is over.
func (s *Server) event(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		e := &reqlog.Event{RequestID: requestID()}
		rec := &recorder{ResponseWriter: w}
		ctx, over := s.trace(r)
		defer func() {
			if v := recover(); v != nil {
				e.Err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
				if rec.status == 0 {
					http.Error(rec, "Internal error. Request "+e.RequestID, http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			s.log(r, rec, e, took)
			if s.cfg.Seen != nil {
				s.cfg.Seen(rec.route, rec.status, took, e)
			}
			if e.Mismatch != nil && s.cfg.Refused != nil {
				s.cfg.Refused(e, rec.route)
			}
			if over != nil {
				over(rec.route, rec.status, e)
			}
			if s.cfg.Done != nil {
				s.cfg.Done(r, e)
			}
		}()
		if ctx = reqlog.With(ctx, e); s.cfg.Begin != nil {
			ctx = s.cfg.Begin(ctx, r)
		}
		r = r.WithContext(ctx)
		next.ServeHTTP(rec, r)
	})
}

// requestID makes a name that no two requests share, of letters that can be told over
// the telephone. It is no secret: nothing is found by it but lines of the log.
func requestID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var id [12]byte
	_, _ = rand.Read(id[:]) // it never fails
	for i, b := range id {
		id[i] = letters[b%32]
	}
	return string(id[:])
}

func (s *Server) trace(r *http.Request) (context.Context, func(string, int, *reqlog.Event)) {
	if s.cfg.Trace == nil {
		return r.Context(), nil
	}
	return s.cfg.Trace(r)
}

func (s *Server) log(r *http.Request, rec *recorder, e *reqlog.Event, took time.Duration) {
	level := slog.LevelInfo
	if rec.kind == Asset {
		level = slog.LevelDebug // who fetched a public file is no event
	}
	if rec.status >= 500 && r.Context().Err() == nil { // a caller who left is no error of ours
		level = slog.LevelError
	}
	if !s.cfg.Log.Enabled(r.Context(), level) {
		return
	}
	// Not through the Logger: it would look up the line of source it is called
	// from, for nobody.
	line := slog.NewRecord(time.Now(), level, "request", 0)
	attrs := append(make([]slog.Attr, 0, 4+reqlog.MaxAttrs), slog.String("method", r.Method), slog.String("route", rec.route),
		slog.Int("status", rec.status), slog.Int64("us", took.Microseconds()))
	line.AddAttrs(e.AppendAttrs(attrs)...)
	_ = s.cfg.Log.Handler().Handle(context.WithoutCancel(r.Context()), line) // nobody is left to tell
}

// headers sets what every answer carries, whatever it becomes. Frames and openers are
// a matter of pages: programs do not get those two, because beyond eight headers
// the map that net/http keeps them in costs a tenth of such an answer.
func (s *Server) headers(kind Kind, next http.Handler) http.Handler {
	https := s.cfg.Issuer.Scheme == "https"
	page := kind == Page || kind == OpenPage
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Cache-Control"] = noStore // but for what says otherwise
		h["X-Content-Type-Options"] = nosniff
		h["Content-Security-Policy"] = strictest
		h["Referrer-Policy"] = sameReferrer
		if page {
			h["X-Frame-Options"] = deny
			h["Cross-Origin-Opener-Policy"] = sameOrigin
		}
		if https {
			h["Strict-Transport-Security"] = oneYear
		}
		if len(r.TransferEncoding) > 0 {
			// net/http forgets a length that came with the chunks. Whoever believed that
			// length must not find the rest answered (RFC 9112 §6.1).
			h["Connection"] = closing
		}
		next.ServeHTTP(w, r)
	})
}

// Header values are shared slices: they are set on every answer and never
// changed.
var (
	noStore = []string{"no-store"}
	nosniff = []string{"nosniff"}
	// Not no-referrer: that would make our own forms say "Origin: null", which a
	// browser without Sec-Fetch-Site could not prove to be ours.
	sameReferrer = []string{"same-origin"}
	deny         = []string{"DENY"}
	sameOrigin   = []string{"same-origin"}
	strictest    = []string{"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	oneYear      = []string{"max-age=31536000"}
	closing      = []string{"close"}
)

// host refuses every host but the issuer's: no address of ours is ever made
// from a header, and no other name should seem to work.
func (s *Server) host(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.cfg.Admits != nil {
			if !s.cfg.Admits(r.Host) {
				misdirected(w, r, "This server does not answer for that name.")
				return
			}
		} else if r.Host != s.cfg.Issuer.Host {
			misdirected(w, r, "This server answers for "+s.cfg.Issuer.Host+" only.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// misdirected refuses a host (RFC 9110 §15.5.20). The log has what was asked for: as a
// rule a proxy in front puts another name there than people typed.
func misdirected(w http.ResponseWriter, r *http.Request, text string) {
	asked := r.Host
	if len(asked) > maxHost {
		asked = asked[:maxHost] + "…"
	}
	e := reqlog.From(r.Context())
	e.Outcome, e.Err = "refused.host", fmt.Errorf("the Host header is %q", asked)
	http.Error(w, text, http.StatusMisdirectedRequest)
}

// maxHost is the longest name of a host (RFC 1035 §2.3.4), with a port.
const maxHost = 255 + len(":65535")

// serve runs one route: its filter, its origin check, its handler, its error.
func (s *Server) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rec, ok := w.(*recorder); ok {
			// The pattern, not the path: paths of ours can contain a link token.
			rec.route, rec.kind = route.Path, route.Kind
		}
		setPathValues(r)
		err := s.checked(route, w, r)
		if err == nil {
			return
		}
		s.fail(route.Kind, w, r, err)
	})
}

func (s *Server) checked(route Route, w http.ResponseWriter, r *http.Request) error {
	if route.Kind != Asset {
		if err := filter(w, r); err != nil {
			return err
		}
	}
	if route.Kind == Page {
		if err := s.origin.Check(r); err != nil {
			return &web.Problem{Status: http.StatusForbidden, About: "other_site", Cause: err}
		}
	}
	return route.Handler(w, r)
}

func notFound(http.ResponseWriter, *http.Request) error {
	return &web.Problem{Status: http.StatusNotFound, About: "not_found", Cause: errNoRoute}
}

// methodNotAllowed names the methods that are (RFC 9110 §15.5.6).
func methodNotAllowed(methods []string) Handler {
	allow := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", allow)
		return &web.Problem{Status: http.StatusMethodNotAllowed, About: "method", With: []any{"methods", allow}}
	}
}
