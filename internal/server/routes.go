package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

// Handler serves a request or returns an error for this package to render.
type Handler = func(http.ResponseWriter, *http.Request) error

// Kind says who reads a route's errors and how strict its door is.
type Kind int

// The kinds of routes.
const (
	Page     Kind = iota // a person; forms come from our own pages only
	OpenPage             // a person; other sites may post here (OpenID Connect Core §3.1.2.1)
	API                  // a program; errors are JSON, no cookies are involved
	Asset                // static bytes: no form is parsed
	JSON                 // a program that sends and gets JSON; errors are RFC 9457's
)

// Route is one line of the table of contents.
type Route struct {
	Path    string // gorilla/mux pattern
	Methods []string
	Kind    Kind
	Handler Handler
	// Otherwise: the route answers for what is below its path and nowhere else.
	Otherwise bool
	// Preflight answers OPTIONS for programs in browsers; nil for none.
	Preflight http.HandlerFunc
}

var (
	// Get and Post are the usual methods of a route.
	Get  = []string{http.MethodGet, http.MethodHead}
	Post = []string{http.MethodPost}
	Both = []string{http.MethodGet, http.MethodHead, http.MethodPost}
)

// spot is where a route without variables stands.
type spot struct{ method, path string }

// handler mounts the routes. Those without variables, which are the busy ones, are found
// in maps; all others, and what fits none, are gorilla/mux's, which tries one pattern
// after the other. No pattern answers for a path that has a route without one. Public
// files are no events: who fetched one says nothing about anybody's sign-in.
func (s *Server) handler(routes []Route) http.Handler {
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	page := func(h http.Handler) http.Handler { return s.headers(Page, s.event(s.host(h))) }
	allow, kinds := map[string][]string{}, map[string]Kind{}
	plain, refused := map[spot]http.Handler{}, map[string]http.Handler{}
	for _, route := range routes {
		if route.Otherwise {
			continue
		}
		h := s.serve(route)
		allow[route.Path], kinds[route.Path] = append(allow[route.Path], route.Methods...), API
		if route.Kind == JSON {
			kinds[route.Path] = JSON
		}
		if route.Preflight != nil {
			allow[route.Path] = append(allow[route.Path], http.MethodOptions)
		}
		if variable(route.Path) {
			// mux writes to the slice that it is given.
			r.Handle(route.Path, h).Methods(slices.Clone(route.Methods)...)
			if route.Preflight != nil {
				r.Handle(route.Path, route.Preflight).Methods(http.MethodOptions)
			}
			continue
		}
		if h = s.host(h); route.Kind != Asset {
			h = s.event(h)
		}
		for _, m := range route.Methods {
			plain[spot{m, route.Path}] = s.headers(route.Kind, h)
		}
		if route.Preflight != nil {
			plain[spot{http.MethodOptions, route.Path}] = page(route.Preflight)
		}
	}
	for path, methods := range allow {
		h := s.serve(Route{Path: path, Kind: kinds[path], Handler: methodNotAllowed(methods)})
		if variable(path) {
			r.Handle(path, h)
		} else {
			refused[path] = page(h)
		}
	}
	for _, route := range routes {
		if route.Otherwise {
			r.PathPrefix(route.Path).Handler(s.serve(route))
		}
	}
	r.NotFoundHandler = s.serve(Route{Path: "(none)", Kind: Page, Handler: notFound})
	others := s.headers(Page, s.health(s.event(s.host(r))))
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close") // or a balancer would keep it for its next request
		}
		h := plain[spot{req.Method, req.URL.Path}]
		if h == nil {
			h = refused[req.URL.Path]
		}
		if h == nil || req.URL.RawPath != "" {
			h = others
		}
		h.ServeHTTP(w, req)
	})
}

func variable(path string) bool { return strings.Contains(path, "{") }

// setPathValues hands mux's path variables to handlers in the standard way, so
// that none of them depends on the router.
func setPathValues(r *http.Request) {
	for name, value := range mux.Vars(r) {
		r.SetPathValue(name, value)
	}
}
