package nativeapi

import (
	"net/http"
	"slices"

	"idp/internal/idp"
)

// cors lets the web origins of native clients read an answer; it never allows
// credentials.
func (h *Handlers) cors(w http.ResponseWriter, r *http.Request) (allowed bool) {
	w.Header()["Vary"] = varyOrigin // without one too, or a cache gives that answer to pages
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	allowed = h.Clients.Any(func(c *idp.Client) bool { return c.NativeAPI && slices.Contains(c.CORSOrigins, origin) })
	if allowed {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	}
	return allowed
}

var varyOrigin = []string{"Origin"}

// Preflight answers a browser's question whether it may call. Which client it
// will be for is not known yet: the call itself is checked against its own.
func (h *Handlers) Preflight(w http.ResponseWriter, r *http.Request) {
	if h.cors(w, r) {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Requested-With")
		w.Header().Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}

// fromOwnOrigin refuses a page that is not the client's. Only browsers say where
// they are.
func fromOwnOrigin(r *http.Request, client *idp.Client) error {
	origins := r.Header.Values("Origin")
	switch {
	case len(origins) == 0:
		return nil
	case len(origins) == 1 && slices.Contains(client.CORSOrigins, origins[0]):
		return nil
	}
	return &refusal{status: http.StatusForbidden, code: "forbidden", text: "the origin is none of the application's cors_origins"}
}
