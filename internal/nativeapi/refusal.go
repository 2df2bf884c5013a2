package nativeapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"idp/internal/idp"
	"idp/internal/reqlog"
)

// refusal is an answer that says no. The cause is for the log.
type refusal struct {
	status     int
	code, text string
	challenge  string // of a 401, if it is another than bearerChallenge
	cause      error
}

// The challenges of a 401 (RFC 9110 §11.6.1).
const (
	bearerChallenge = `Bearer realm="idp"`
	deadBearer      = bearerChallenge + `, error="invalid_token"` // RFC 6750 §3.1
	basicChallenge  = `Basic realm="idp", charset="UTF-8"`
)

func (e *refusal) Error() string {
	if e.cause != nil {
		return e.code + ": " + e.cause.Error()
	}
	return e.code + ": " + e.text
}

func (e *refusal) Unwrap() error { return e.cause }

func malformed(text string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "malformed request", text: text}
}

// clientRefusal says what is wrong with the client of a call.
func clientRefusal(err error) error {
	switch {
	case errors.Is(err, idp.ErrNotFound):
		return &refusal{status: http.StatusNotFound, code: "not found", text: "there is no application of this app_id that may sign people in here", cause: err}
	case errors.Is(err, idp.ErrRevoked):
		return &refusal{status: http.StatusUnauthorized, code: "unauthorized", text: "the application must send its id and secret by HTTP Basic", challenge: basicChallenge, cause: err}
	}
	return err
}

// proofRefusal is the one answer to every token and code that is not good.
func proofRefusal(err error) error {
	for _, known := range []error{
		idp.ErrNotFound, idp.ErrExpired, idp.ErrUsed, idp.ErrRevoked, idp.ErrWrongCode, idp.ErrLocked, idp.ErrForeignBrowser,
	} {
		if errors.Is(err, known) {
			return &refusal{status: http.StatusUnauthorized, code: "invalid or expired token", cause: err}
		}
	}
	if errors.Is(err, idp.ErrForbidden) {
		return &refusal{status: http.StatusForbidden, code: "access denied", text: "the person may not use this application", cause: err}
	}
	return err
}

// refuse writes a refusal. What is none is the server's to answer.
func (h *Handlers) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	var no *refusal
	var limited *idp.LimitedError
	switch {
	case errors.As(err, &limited):
		wait := max(1, int(math.Ceil(limited.RetryAt.Sub(h.Now()).Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		no = &refusal{status: http.StatusTooManyRequests, code: "too many requests", cause: err}
	case !errors.As(err, &no):
		return err
	}
	event := reqlog.From(r.Context())
	event.Err = no
	if event.Outcome == "" {
		event.Outcome = "native.refused"
	}
	if no.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", cmp.Or(no.challenge, bearerChallenge))
	}
	return writeJSON(w, no.status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description,omitempty"`
	}{no.code, no.text})
}

// writeJSON writes an answer that nobody may keep.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
