package app

import (
	"fmt"

	"idp/internal/clientkeys"
	"idp/internal/config"
	"idp/internal/logout"
	"idp/internal/outbound"
	"idp/internal/server"
)

// maxAnswer bounds what a client may say to a logout notice.
const maxAnswer = 16 << 10

// secureLinks makes what has certificates in it: the worker that calls clients,
// the reader of their keys, and our own certificate if we speak TLS ourselves.
func (a *App) secureLinks(cfg *config.Config) error {
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return fmt.Errorf("http.trusted_cas: %w", err)
	}
	out := outbound.New(outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: logout.Timeout, MaxBody: maxAnswer, Watch: a.calls("logout")})
	a.Logout = &logout.Worker{Queue: a.Store, Out: out, Log: a.log, Now: a.now, Idle: logout.Idle}
	own, others := outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots}, outbound.Options{}
	if others, err = toStrangers(cfg); err != nil {
		return err
	}
	for _, o := range []*outbound.Options{&own, &others} {
		o.Timeout, o.MaxBody, o.Watch = clientkeys.Timeout, clientkeys.MaxBody, a.calls("client_keys")
	}
	a.clientKeys = clientkeys.New(outbound.New(own), outbound.New(others), a.now)
	if cfg.TLS.On() && a.certificate == nil {
		a.certificate, err = server.NewCertificate(cfg.TLS.CertFile, cfg.TLS.KeyFile)
	}
	return err
}
