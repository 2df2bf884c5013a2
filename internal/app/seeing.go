package app

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/mail"
	"idp/internal/meters"
	"idp/internal/metrics"
	"idp/internal/oidc"
	"idp/internal/server"
	"idp/internal/spans"
	"idp/internal/storage"
	"idp/web"
)

// seeing is what the administrator sees a process by, whichever configuration is in
// force.
type seeing struct {
	registry    *metrics.Registry
	meters      *meters.Meters
	tracer      *spans.Tracer       // nil without traces
	certificate *server.Certificate // of the administrator's listener; nil without TLS
}

// newSeeing makes the meters, before anything that they watch.
func newSeeing(l *live, tracer *spans.Tracer) seeing {
	r := metrics.New()
	return seeing{registry: r, tracer: tracer, meters: meters.New(r, l.declared)}
}

// watch hangs up the meters that look at what is there.
func (s *seeing) watch(l *live, a *App) {
	states := &meters.States{
		Store: a.Store, Now: a.now,
		Keys:   func() *oidc.Keys { return l.current.Load().Keys },
		Mail:   func() *mail.Providers { return l.current.Load().Worker.Senders },
		Reload: a.Reloads, Audit: a.Sealer.Broken,
		Ready: func(ctx context.Context) bool { return l.current.Load().ready(ctx) },
	}
	if s.tracer != nil {
		states.Spans = s.tracer.Counts
	}
	states.Add(s.registry)
	s.registry.Process(Version(), a.now())
}

// watch hangs the meters where things happen.
func (a *App) watch(routes []server.Route) {
	patterns := make([]string, len(routes))
	for i, route := range routes {
		patterns[i] = route.Path
	}
	a.seeing.meters.Routes(patterns...)
	a.Worker.Senders.Watch, a.Worker.Accepted = a.watchMail, a.seeing.meters.Mailed
}

// Reloads is how following the configuration goes; false if nobody does.
func (a *App) Reloads() (meters.Reload, bool) {
	s := a.ReloadState()
	return meters.Reload{Failed: s.Pending, At: s.At, Changes: int64(s.Reloads), Faults: int64(s.Failures)}, a.options.Follow != nil
}

// declared reports whether a client is one that the configuration names: only
// those have a label of their own.
func (a *App) declared(id string) bool {
	if idp.IsDocumentID(id) || strings.HasPrefix(id, idp.RegisteredPrefix) {
		return false // without asking what is remembered of strangers
	}
	c := a.Clients.Client(id)
	return c != nil && !c.Stranger
}

// Metrics describes all metrics, by name.
func (a *App) Metrics() []metrics.Family { return a.seeing.registry.Families() }

// health tells of every part that requests need. What no other replica would do
// better is no reason to send requests there.
func (a *App) health(ctx context.Context) []server.Part {
	parts := []server.Part{part("database", server.Down, a.Store.Ping(ctx))}
	if parts[0].State == server.Well {
		parts = append(parts, part("schema", server.Down, a.Store.CheckSchema(ctx)))
	}
	keys := server.Part{Name: "keys", State: server.Well}
	if !a.Keys.Complete() {
		keys.State, keys.Detail = server.Down, "not every algorithm has a key that signs"
	} else if a.Keys.Foreign() {
		keys.State, keys.Detail = server.Degraded, "a stored signing key cannot be opened with this root secret; the keys read before go on"
	}
	letters := server.Part{Name: "mail", State: server.Well}
	if resting := a.Worker.Senders.Resting(); len(resting) > 0 {
		letters.State, letters.Detail = server.Degraded, "rests after failures: "+strings.Join(resting, ", ")
	}
	parts = append(parts, keys, letters)
	if r, ok := a.Reloads(); ok && r.Failed {
		parts = append(parts, server.Part{Name: "configuration", State: server.Degraded, Detail: "the file cannot be used; what was read before it goes on"})
	}
	return parts
}

// ready reports whether no part is down. Whoever reads metrics waits for it no longer
// than a balancer does.
func (a *App) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, server.ReadyTimeout)
	defer cancel()
	return !slices.ContainsFunc(a.health(ctx), func(p server.Part) bool { return p.State == server.Down })
}

func part(name string, bad server.State, err error) server.Part {
	if err == nil {
		return server.Part{Name: name, State: server.Well}
	}
	return server.Part{Name: name, State: bad, Detail: cmp.Or(storage.Unreached(err), err.Error())}
}

// AdminRoutes is the table of contents of the administrator's listener.
func (a *App) AdminRoutes() []server.Route {
	metrics := server.Route{Path: "/metrics", Methods: server.Get, Kind: server.Asset, Handler: a.seeing.registry.Serve}
	return slices.Concat([]server.Route{metrics}, a.adminAPI(&a.cfg.Admin))
}

// admin makes the administrator's server; nil if the configuration has none.
func (a *App) admin(cfg *config.Config, pages *web.Pages) (*server.Server, error) {
	c := &cfg.Admin
	if !c.On() {
		return nil, nil //nolint:nilnil // none is what the configuration says
	}
	scheme, err := "http", error(nil)
	var certificate *server.Certificate
	var callers *x509.CertPool
	if c.TLS != (config.AdminTLS{}) {
		scheme = "https"
		if certificate, err = server.NewCertificate(c.TLS.CertFile, c.TLS.KeyFile); err == nil {
			callers, err = c.TLS.ClientCAs()
		}
		if err != nil {
			return nil, fmt.Errorf("admin.tls: %w", err)
		}
	}
	a.seeing.certificate = certificate
	a.warnOfStrangers(c)
	console, err := a.console(cfg, pages)
	if err != nil {
		return nil, err
	}
	home := web.Action{}
	if len(console) > 0 {
		home = web.Action{Label: "Administration", URL: "/"}
	}
	return server.New(server.Config{
		Issuer: &url.URL{Scheme: scheme, Host: c.Listen}, Admits: func(host string) bool { return admits(host, c.Hosts) },
		Pages: pages, Log: a.log, Now: a.now, Routes: slices.Concat(a.AdminRoutes(), console), Home: home, Certificate: certificate, ClientCAs: callers,
		Begin: a.begin(nil), Done: a.done, Candid: true, Health: func(ctx context.Context) []server.Part {
			parts := a.Current().health(ctx)
			if a.Server.Draining() {
				parts = append(parts, server.Part{Name: "process", State: server.Down, Detail: "is stopping"})
			}
			return parts
		},
	}), nil
}

// admits refuses names that nobody gave this listener: a page in a browser of its
// machine could otherwise reach it under a name of the page's own (DNS rebinding).
func admits(host string, names []string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost" || slices.Contains(names, host)
}
