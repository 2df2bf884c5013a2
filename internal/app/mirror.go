package app

import (
	"net/http"

	"idp/internal/config"
	"idp/internal/mirror"
	"idp/internal/secret"
	"idp/internal/server"
)

// mirror is where idp doctor sees how requests arrive here.
func (a *App) mirror(cfg *config.Config, keyring *secret.Keyring) []server.Route {
	h := &mirror.Handler{Issuer: cfg.Issuer, Keys: keyring, Proxies: cfg.Proxies, Now: a.now, NotFound: server.NotFound}
	return []server.Route{{Path: mirror.Path, Methods: []string{http.MethodGet}, Kind: server.Page, Handler: h.Show}}
}
