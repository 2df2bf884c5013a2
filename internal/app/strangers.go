package app

import (
	"context"
	"fmt"
	"net/http"

	"idp/internal/clientdocs"
	"idp/internal/config"
	"idp/internal/oidc"
	"idp/internal/outbound"
	"idp/internal/registration"
	"idp/internal/server"
)

// readDocuments lets clients in that describe themselves, if the configuration
// does.
func (a *App) readDocuments(cfg *config.Config) error {
	if !cfg.ClientsByMetadata.Enabled {
		return nil
	}
	o, err := toStrangers(cfg)
	if err != nil {
		return err
	}
	o.Timeout, o.MaxBody, o.Watch = clientdocs.Timeout, clientdocs.MaxBody, a.calls("client_document")
	a.Clients.ReadDocuments(clientdocs.New(clientdocs.Config{
		Allow: cfg.ClientsByMetadata.Allow, Scopes: cfg.ClientsByMetadata.Scopes, Resources: cfg.ClientsByMetadata.Resources, Now: a.now,
		Out: outbound.New(o),
	}))
	return nil
}

// toStrangers is whom this server trusts and reaches at the addresses that strangers
// name: never what it does for the administrator's own.
func toStrangers(cfg *config.Config) (outbound.Options, error) {
	m := &cfg.ClientsByMetadata
	roots, err := outbound.Roots(m.TrustedCAs)
	if err != nil {
		return outbound.Options{}, fmt.Errorf("clients_by_metadata.trusted_cas: %w", err)
	}
	return outbound.Options{Networks: m.PrivateTargets, RootCAs: roots}, nil
}

// purgeClients takes away clients that registered themselves and that nobody ever
// used, and the news of that to this process.
func (a *App) purgeClients(ctx context.Context) error {
	if a.unusedTTL == 0 {
		return nil
	}
	n, err := a.Store.PurgeUnusedClients(ctx, a.now().Add(-a.unusedTTL), a.now())
	if err != nil || n == 0 {
		return err
	}
	a.log.Info("unused clients purged", "clients", n)
	return a.Clients.Reload(ctx)
}

// registration are the routes for clients that register themselves, if the
// configuration lets them.
func (a *App) registration(cfg *config.Config, p *oidc.Provider) []server.Route {
	if !cfg.Registration.Enabled {
		return nil
	}
	a.unusedTTL = cfg.Registration.UnusedTTL.Std()
	h := &registration.Handlers{
		Store: a.Store, URL: cfg.Issuer + oidc.PathRegister, Tokens: cfg.Registration.Hashes(), Scopes: cfg.Registration.Scopes,
		Open: cfg.Registration.Open, Resources: cfg.Registration.Resources, Max: cfg.Registration.MaxClients, Reload: a.Clients.Reload, Now: a.now,
	}
	const one = oidc.PathRegister + "/{client}"
	register := server.Route{Path: oidc.PathRegister, Methods: server.Post, Kind: server.API, Handler: h.Register}
	if h.Open { // to pages, too
		register.Handler, register.Preflight = p.ForAnyPage(h.Register), p.Preflight
	}
	return []server.Route{
		register,
		{Path: one, Methods: server.Get, Kind: server.API, Handler: h.Show},
		{Path: one, Methods: []string{http.MethodPut}, Kind: server.API, Handler: h.Change},
		{Path: one, Methods: []string{http.MethodDelete}, Kind: server.API, Handler: h.Remove},
	}
}
