package oidc

import (
	"net/http"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/reqlog"
)

// cors lets registered web origins read an answer; it never allows credentials.
func (p *Provider) cors(w http.ResponseWriter, r *http.Request) {
	w.Header()["Vary"] = varyOrigin // without one too, or a cache gives that answer to pages
	if origin := r.Header.Get("Origin"); origin != "" && p.Clients.AllowsOrigin(origin) {
		allowOrigin(w, origin)
	}
}

var varyOrigin = []string{"Origin"}

// corsOf is cors for an application that nobody declared, once it is known: no list
// has its origin, but what it says of itself does. A page of any other origin cannot
// read the answer, which its administrator will want to know.
func (p *Provider) corsOf(w http.ResponseWriter, r *http.Request, client *idp.Client) {
	origin := r.Header.Get("Origin")
	switch {
	case origin == "" || w.Header().Get("Access-Control-Allow-Origin") != "":
	case client.Stranger && client.AllowsOrigin(origin):
		allowOrigin(w, origin)
	default:
		refusedPage(reqlog.From(r.Context()), client.ID, idp.FailOrigin, origin, strings.Join(client.CORSOrigins, " "))
	}
}

// sentTo is the one declared client that is sent back to pages of an origin; "" if there is
// none, or several. A preflight says no more of who calls.
func (p *Provider) sentTo(origin string) string {
	id := ""
	several := p.Clients.Any(func(c *idp.Client) bool {
		if c.Stranger || !slices.Contains(c.RedirectOrigins(), origin) {
			return false
		}
		before := id
		id = c.ID
		return before != ""
	})
	if several {
		return ""
	}
	return id
}

func allowOrigin(w http.ResponseWriter, origin string) {
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Expose-Headers", nonceHeader+", WWW-Authenticate")
}

// corsOfAny is cors for what is no secret, which refusals of clients and tokens that
// are unknown or over are neither. Where strangers may be clients, any page may be
// one's.
func (p *Provider) corsOfAny(w http.ResponseWriter, r *http.Request) {
	p.cors(w, r)
	if origin := r.Header.Get("Origin"); (p.ClientDocuments || p.Registration) && idp.WebOrigin(origin) {
		allowOrigin(w, origin)
	}
}

// ForAnyPage lets pages of any origin that could be a stranger's read the answers of
// next.
func (p *Provider) ForAnyPage(next func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		p.corsOfAny(w, r)
		return next(w, r)
	}
}

// Preflight answers a browser's question whether it may call. Who calls comes with
// the call, and whether the page may read the answer is decided then.
func (p *Provider) Preflight(w http.ResponseWriter, r *http.Request) {
	p.corsOfAny(w, r)
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP")
		w.Header().Set("Access-Control-Max-Age", "600")
	} else if origin := r.Header.Get("Origin"); origin != "" {
		refusedPage(reqlog.From(r.Context()), p.sentTo(origin), idp.FailOrigin, origin, "")
	}
	w.WriteHeader(http.StatusNoContent)
}
