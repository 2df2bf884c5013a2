package app

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"idp/internal/bounce"
	"idp/internal/config"
	"idp/internal/mail"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/server"
)

// Senders makes the providers of a configuration, in its order.
func Senders(cfg *config.Config, now func() time.Time) (*mail.Providers, error) {
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return nil, fmt.Errorf("http.trusted_cas: %w", err)
	}
	all := mail.NewProviders(now)
	for _, p := range cfg.Mail.All() {
		if p.Hook.URL != "" {
			out := outbound.New(outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: mail.HookTimeout, MaxBody: maxAnswer})
			all.Add(p.Name, mail.NewHook(p.Hook.URL, p.Hook.Secret.Token(), out, now))
			continue
		}
		sender, err := newSender(cfg, p)
		if err != nil {
			return nil, fmt.Errorf("mail provider %s: %w", p.Name, err)
		}
		all.Add(p.Name, sender)
	}
	return all, nil
}

func newSender(cfg *config.Config, p config.Provider) (mail.Sender, error) {
	preset, _ := mail.PresetOf(p.SMTP.Preset)
	s := mail.Server{
		Host: cmp.Or(p.SMTP.Host, preset.Host), Port: p.SMTP.Port, Security: mail.Security(p.SMTP.Security),
		Username: p.SMTP.Username, Password: p.SMTP.Password.Token(), Headers: preset.Headers,
	}
	if p.SMTP.CAFile != "" {
		pem, err := os.ReadFile(p.SMTP.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		s.RootCAs = x509.NewCertPool()
		if !s.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %s holds no certificate", p.SMTP.CAFile)
		}
	}
	return mail.NewSMTP(s, cfg.IssuerURL.Hostname())
}

func newSigner(cfg *config.Config) *mail.Signer {
	d := cfg.Mail.DKIM
	if !d.On() {
		return nil
	}
	return mail.NewSigner(d.Domain, d.Selector, d.Signer)
}

// bounces is where providers report letters that came back; no routes if none
// may.
func (a *App) bounces(cfg *config.Config, keyring *secret.Keyring) []server.Route {
	h := &bounce.Handler{Desk: &bounce.Desk{Store: a.Store, Keys: keyring, Now: a.now}, Keys: map[string]secret.Token{}}
	for _, p := range cfg.Mail.All() {
		if p.BounceSecret.IsSet() {
			h.Keys[p.Name] = p.BounceSecret.Token()
		}
	}
	if len(h.Keys) == 0 {
		return nil
	}
	return []server.Route{{Path: "/mail/bounces/{provider}", Methods: server.Post, Kind: server.API, Handler: h.Post}}
}
