package server

import (
	"errors"
	"net/http"
	"strings"
)

// errNoRoute is the cause of what NotFound answers.
var errNoRoute = errors.New("no such route")

// lost reports whether a program asked for what is not there: an application whose
// issuer or endpoint was typed wrongly. Browsers say that they take pages.
func (s *Server) lost(r *http.Request, err error) bool {
	return s.cfg.Admits == nil && errors.Is(err, errNoRoute) && !strings.Contains(strings.Join(r.Header["Accept"], ","), "text/html")
}

// failLost writes what such an application's log should have in the place of a page.
func (s *Server) failLost(w http.ResponseWriter) {
	issuer := s.cfg.Issuer.String()
	writeError(w, http.StatusNotFound, "invalid_request",
		"there is nothing at this address; the issuer is "+issuer+" and "+issuer+"/.well-known/openid-configuration names the endpoints")
}
