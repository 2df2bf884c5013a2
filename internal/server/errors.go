package server

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/web"
)

// fail turns a handler's error into an answer: a page for people, JSON for
// programs. What is not meant for them is in the log only, under the id that
// both show.
func (s *Server) fail(kind Kind, w http.ResponseWriter, r *http.Request, err error) {
	e := reqlog.From(r.Context())
	if e.Err == nil {
		e.Err = err
	}
	p := problem(err, s.cfg.Now())
	if !p.RetryAt.IsZero() {
		wait := max(1, int(math.Ceil(p.RetryAt.Sub(s.cfg.Now()).Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(wait))
	}
	switch kind {
	case API, Asset:
		s.failJSON(w, p)
		return
	case JSON:
		s.failProblem(w, p, e.RequestID)
		return
	}
	if s.lost(r, err) {
		s.failLost(w)
		return
	}
	if p.Action.URL == "" {
		p.Action = s.wayOn(p, r)
	}
	page := web.Page{Name: "problem", App: p.App, Brand: p.Brand, Client: p.Client, Languages: p.Languages, Data: p, RequestID: e.RequestID}
	if err := s.cfg.Pages.Render(w, r, p.Status, page); err != nil {
		e.Err = errors.Join(e.Err, err)
	}
}

// problem finds what to show for an error that came now.
func problem(err error, now time.Time) *web.Problem {
	var p *web.Problem
	if errors.As(err, &p) {
		return p
	}
	var limited *idp.LimitedError
	if errors.As(err, &limited) {
		return &web.Problem{
			Status: http.StatusTooManyRequests, About: "too_fast", RetryAt: limited.RetryAt,
		}
	}
	if errors.Is(err, idp.ErrUnavailable) {
		return &web.Problem{
			Status: http.StatusServiceUnavailable, About: "unavailable", RetryAt: now.Add(5 * time.Second),
		}
	}
	return &web.Problem{Status: http.StatusInternalServerError, About: "fault"}
}

// failJSON says a problem in the words of its page.
func (s *Server) failJSON(w http.ResponseWriter, p *web.Problem) {
	code := "invalid_request"
	switch {
	case p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests:
		code = "temporarily_unavailable"
	case p.Status >= 500:
		code = "server_error"
	}
	title, errTitle := s.cfg.Pages.English().Text(p.Heading())
	text, errText := s.cfg.Pages.English().Text(p.Says())
	if errors.Join(errTitle, errText) != nil {
		writeError(w, p.Status, "server_error", "")
		return
	}
	writeError(w, p.Status, code, title+". "+text)
}

// writeError writes an OAuth error (RFC 6749 §5.2).
func writeError(w http.ResponseWriter, status int, code, description string) {
	body, err := json.Marshal(struct {
		Error       string `json:"error"`
		Description string `json:"error_description,omitempty"`
	}{code, description})
	if err != nil {
		body = []byte(`{"error":"server_error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}
