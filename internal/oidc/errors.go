package oidc

import (
	"errors"
	"fmt"
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/reqlog"
)

// protocolError is an OAuth error: Code and Description go to the client, cause
// to the log. The library's Error is not used because its set of codes is closed.
type protocolError struct {
	Code, Description string
	cause             error
	mismatch          reqlog.Mismatch // for the administrator; see why
}

func (e *protocolError) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.Description + ": " + e.cause.Error()
	}
	return e.Code + ": " + e.Description
}

func (e *protocolError) Unwrap() error { return e.cause }

func fault(code, format string, args ...any) *protocolError {
	return &protocolError{Code: code, Description: fmt.Sprintf(format, args...)}
}

func (e *protocolError) because(cause error) *protocolError {
	e.cause = cause
	return e
}

// The codes that occur in more than one place.
const (
	invalidRequest = string(zoidc.InvalidRequest)
	invalidScope   = string(zoidc.InvalidScope)
	invalidGrant   = string(zoidc.InvalidGrant)
	invalidClient  = string(zoidc.InvalidClient)
	unauthorized   = string(zoidc.UnauthorizedClient)
	unsupported    = string(zoidc.UnsupportedGrantType)
	serverError    = string(zoidc.ServerError)
	invalidTarget  = "invalid_target" // RFC 8707 §2
	invalidToken   = "invalid_token"  // RFC 6750 §3.1
	unavailable    = "temporarily_unavailable"
)

func invalid(format string, args ...any) *protocolError {
	return fault(invalidRequest, format, args...)
}

// grantError translates what storage says of a code, token or grant. Wrong,
// used, expired and revoked look alike to the client and differ in the log.
func grantError(err error, description string) *protocolError {
	switch {
	case errors.Is(err, idp.ErrNotFound), errors.Is(err, idp.ErrExpired), errors.Is(err, idp.ErrUsed), errors.Is(err, idp.ErrRevoked):
		return fault(invalidGrant, "%s", description).because(err)
	case errors.Is(err, idp.ErrUnavailable):
		return fault(unavailable, "try again in a few seconds").because(err)
	default:
		return fault(serverError, "something went wrong here").because(err)
	}
}

// writeError answers a direct request with an error (RFC 6749 §5.2).
func writeError(w http.ResponseWriter, r *http.Request, e *protocolError) error {
	event := reqlog.From(r.Context())
	event.Outcome, event.Err = "refused."+e.Code, e
	note(event, e)
	status := http.StatusBadRequest
	switch e.Code {
	case invalidClient:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", basicChallenge(e))
	case serverError:
		status = http.StatusInternalServerError
	case unavailable:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	}
	return writeJSON(w, status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description,omitempty"`
	}{e.Code, e.Description})
}

// basicChallenge is the challenge of RFC 7617. It says what the body says, as that of
// RFC 6750 does: several clients give up at a challenge, and log that alone.
func basicChallenge(e *protocolError) string {
	return `Basic realm="idp", charset="UTF-8", error="` + e.Code + `", error_description="` + e.Description + `"`
}
