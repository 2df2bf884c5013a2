package app

import (
	"fmt"

	"idp/internal/clientdocs"
	"idp/internal/config"
	"idp/internal/outbound"
)

// readDocuments lets clients in that describe themselves, if the configuration
// does.
func (a *App) readDocuments(cfg *config.Config) error {
	if !cfg.ClientsByMetadata.Enabled {
		return nil
	}
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return fmt.Errorf("http.trusted_cas: %w", err)
	}
	a.Clients.ReadDocuments(clientdocs.New(clientdocs.Config{
		Allow: cfg.ClientsByMetadata.Allow, Scopes: cfg.ClientsByMetadata.Scopes, Now: a.now,
		Out: outbound.New(outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: clientdocs.Timeout, MaxBody: clientdocs.MaxBody}),
	}))
	return nil
}
