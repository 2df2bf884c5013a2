package meters

import (
	"errors"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"idp/internal/idp"
	"idp/internal/metrics"
	"idp/internal/reqlog"
)

// Meters are the instruments of a running provider.
type Meters struct {
	declared func(client string) bool

	logins   metrics.Counters
	tokens   metrics.Counters
	limits   metrics.Counters
	purged   *metrics.Counter
	mails    metrics.Histograms
	waits    *metrics.Histogram
	calls    metrics.Histograms
	routes   metrics.Histograms
	requests atomic.Pointer[map[string]*byClass] // by route
	events   map[string]event                    // by outcome
}

// byClass are the requests of a route by the class of their status.
type byClass [len(classes)]*metrics.Histogram

// event is what an outcome of a request counts as.
type event struct {
	method, outcome string           // of a sign-in
	token           *metrics.Counter // nil if it is none of a token
}

var (
	classes = [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}

	// quick is for requests, most of which take a millisecond; slow for other
	// people's servers.
	quick = []time.Duration{
		500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
		50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, time.Second, 5 * time.Second,
	}
	slow = []time.Duration{
		10 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second,
		2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	}
)

// unrouted is the route of requests that no line of the table of routes fits, and
// of those for another host.
const unrouted = "(none)"

// refused is the outcome of what was not right.
const refused = "refused"

// logins are the outcomes of requests that begin a session at an application, or
// fail to.
var logins = map[string]event{
	"login.code_redeemed":           {method: "code", outcome: "ok"},
	"login.code_refused":            {method: "code", outcome: refused},
	"login.link_redeemed":           {method: "link", outcome: "ok"},
	"login.link_redeemed_elsewhere": {method: "link", outcome: "ok_elsewhere"},
	"login.link_refused":            {method: "link", outcome: refused},
	"login.not_admitted":            {method: "session", outcome: "not_admitted"},
	"native.code_redeemed":          {method: "native_code", outcome: "ok"},
	"native.code_refused":           {method: "native_code", outcome: refused},
	"native.link_redeemed":          {method: "native_link", outcome: "ok"},
	"native.link_refused":           {method: "native_link", outcome: refused},
	"device.approved":               {method: "device", outcome: "ok"},
	"device.denied":                 {method: "device", outcome: refused},
	codeIssued:                      {method: "session", outcome: "ok"},
}

// codeIssued counts as a sign-in only at /authorize, where nothing but the session
// was asked: after a mail it has been counted already.
const codeIssued = "authorize.code_issued"

// tokens are the outcomes of requests that give tokens, or take them back.
var tokens = map[string]string{
	"token.code_redeemed": "code", "token.refreshed": "refresh", "token.refresh_repeated": "refresh_repeated", "token.refresh_reused": "refresh_reused",
	"token.device_redeemed": "device", "token.client_credentials": "client_credentials", "token.exchanged": "exchange", "token.revoked": "revoked",
}

// New adds the metrics of events to r. declared reports whether an administrator
// declared a client.
func New(r *metrics.Registry, declared func(client string) bool) *Meters {
	m := &Meters{
		declared: declared,
		logins:   r.Counters("idp_logins_total", "Sign-ins by method (code, link, native_code, native_link, device, and session where nothing was asked), outcome and client.", "method", "outcome", "client"),
		tokens:   r.Counters("idp_tokens_total", "Answers that gave tokens, took them back, or found a spent refresh token (refresh_reused).", "event"),
		limits:   r.Counters("idp_limits_hit_total", "Requests and mails that a limit held back, by its name in the configuration.", "limit"),
		purged:   r.Counter("idp_purged_rows_total", "Expired rows that this process deleted."),
		mails:    r.Histograms("idp_mail_try_seconds", "Tries to hand a letter to a provider, by outcome: accepted, refused (this letter), deferred, failed (the provider).", slow, "provider", "outcome"),
		waits:    r.Histograms("idp_mail_wait_seconds", "From asking for a letter to a provider taking it, retries and other providers included.", slow).With(""),
		calls:    r.Histograms("idp_outgoing_request_seconds", "Requests of our own to other servers, by purpose and outcome: a class of statuses, or failed.", slow, "purpose", "outcome"),
		events:   map[string]event{},
	}
	m.routes = r.Histograms("idp_request_seconds", "Requests by the pattern of their route; public files and probes are not counted.", quick, "route", "class")
	for name, e := range logins {
		m.events[name] = e
	}
	for name, token := range tokens {
		m.events[name] = event{token: m.tokens.With(token)}
	}
	m.Routes(unrouted)
	return m
}

// Routes adds patterns of routes to those that are counted.
func (m *Meters) Routes(patterns ...string) {
	known := map[string]*byClass{}
	if before := m.requests.Load(); before != nil {
		maps.Copy(known, *before)
	}
	for _, route := range patterns {
		if known[route] != nil {
			continue
		}
		known[route] = &byClass{}
		for i, class := range classes[1:] { // here, so that no request looks for its own
			known[route][i+1] = m.routes.With(route, class)
		}
	}
	m.requests.Store(&known)
}

// Request counts a request whose answer is out.
func (m *Meters) Request(route string, status int, took time.Duration, e *reqlog.Event) {
	routes := *m.requests.Load()
	of := routes[route]
	if of == nil {
		of = routes[unrouted]
	}
	of[min(max(status/100, 2), len(classes))-1].Observe(took)
	if known, ok := m.events[e.Outcome]; ok && (e.Outcome != codeIssued || route == authorize) {
		if known.token != nil {
			known.token.Inc()
		} else {
			outcome := known.outcome
			if status >= http.StatusInternalServerError && outcome == refused {
				outcome = "failed" // nobody looked whether it was right
			}
			m.logins.With(known.method, outcome, m.Client(e.ClientID)).Inc()
		}
	}
	if e.Err != nil {
		m.limited(e.Err)
	}
}

// authorize is the route where a session alone signs in.
const authorize = "/authorize"

// limited counts a limit behind an error.
func (m *Meters) limited(err error) {
	var l *idp.LimitedError
	if errors.As(err, &l) {
		m.Held(l.Limit)
	}
}

// Held counts what a limit held back without a word.
func (m *Meters) Held(limit string) { m.limits.With(limit).Inc() }

// Purged counts deleted rows.
func (m *Meters) Purged(rows int64) { m.purged.Add(rows) }

// Mail counts a try to hand over a letter.
func (m *Meters) Mail(provider, outcome string, took time.Duration) {
	m.mails.With(provider, outcome).Observe(took)
}

// Mailed counts a letter that a provider took, so long after it was asked for.
func (m *Meters) Mailed(waited time.Duration) { m.waits.Observe(waited) }

// Call counts a request of ours; status is 0 if there was no answer.
func (m *Meters) Call(purpose string, status int, took time.Duration) {
	outcome := "failed"
	if status >= 100 && status < 600 {
		outcome = classes[status/100-1]
	}
	m.calls.With(purpose, outcome).Observe(took)
}

// Client is the name under which a client is told of: its id if an administrator
// declared it.
func (m *Meters) Client(id string) string {
	switch {
	case id == "":
		return "none"
	case m.declared(id):
		return id
	}
	return metrics.Other
}
