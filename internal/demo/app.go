package demo

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says which provider the demo application trusts and where it lives.
type Config struct {
	// Issuer is the provider's issuer identifier, compared byte for byte.
	Issuer string
	// ClientID and ClientSecret are the registration at the provider. Without
	// a secret the application is a public client, protected by PKCE alone.
	ClientID, ClientSecret string
	// BaseURL is the origin people open, such as http://localhost:8081. The
	// provider must know BaseURL/callback and BaseURL/signed-out.
	BaseURL string
	// Title is the application's name on its pages; "Notes demo" if empty.
	Title string
	// InboxURL, if set, is linked as the place where mail arrives.
	InboxURL string
	// HTTPClient talks to the provider; one with a time limit if nil.
	HTTPClient *http.Client
	// Now is the clock; time.Now if nil. Pages show times in its zone.
	Now func() time.Time
}

// App is the demo application. It is an http.Handler, safe for concurrent use.
type App struct {
	cfg      Config
	provider *discovery
	sessions *sessions
	pages    pages
	handler  http.Handler
}

// New returns the application without talking to anyone: the provider is
// discovered at the first request that needs it, so it may start later.
func New(cfg Config) *App {
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	cfg.Title = cmp.Or(cfg.Title, "Notes demo")
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &App{
		cfg:      cfg,
		provider: &discovery{cfg: cfg},
		sessions: newSessions(cfg.Now),
		pages:    parsePages(),
	}
	a.handler = a.protect(a.routes())
	return a
}

// ServeHTTP answers every route of the application.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.handler.ServeHTTP(w, r)
}

// ownURL rebuilds a link to this application from raw, and refuses every other
// origin: what arrives in a request must never choose where people are sent.
func (a *App) ownURL(raw string) (string, bool) {
	target, err := url.Parse(raw)
	if err != nil || target.Opaque != "" || origin(target) != a.cfg.BaseURL {
		return "", false
	}
	own := a.cfg.BaseURL + "/" + strings.TrimLeft(target.EscapedPath(), "/")
	if target.RawQuery != "" {
		own += "?" + target.RawQuery
	}
	return own, true
}

// origin is scheme and host of a URL, without user info, path and query.
func origin(u *url.URL) string {
	return u.Scheme + "://" + u.Host
}
