package app

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"idp/internal/config"
	"idp/internal/doctor"
	"idp/internal/mail"
	"idp/internal/oidc"
	"idp/internal/outbound"
	"idp/internal/storage"
)

// NewDoctor makes what idp doctor looks at. It connects to nothing. store is nil if only
// checks are run that do not ask it.
func NewDoctor(cfg *config.Config, store *storage.Store, dns string, now func() time.Time) (*doctor.Subject, *mail.Composer, error) {
	keyring, err := Keyring(cfg)
	if err != nil {
		return nil, nil, err
	}
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return nil, nil, fmt.Errorf("http.trusted_cas: %w", err)
	}
	s := &doctor.Subject{Config: cfg, Keys: keyring, Database: store, Resolver: doctor.NewResolver(dns), Roots: roots, Now: now}
	s.Opens = func(ctx context.Context) error {
		stored, err := store.SigningKeys(ctx)
		if err != nil {
			return err
		}
		return oidc.Opens(keyring, stored)
	}
	for _, p := range cfg.Mail.All() {
		out := doctor.Provider{Name: p.Name, Preset: p.SMTP.Preset, Hook: p.Hook.URL}
		if p.Hook.URL != "" {
			out.Sender = mail.NewHook(p.Hook.URL, p.Hook.Secret.Token(), outbound.New(outbound.Options{
				Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: mail.HookTimeout, MaxBody: maxAnswer,
			}), now)
		} else if out.Sender, err = newSender(cfg, p); err != nil {
			return nil, nil, fmt.Errorf("mail provider %s: %w", p.Name, err)
		} else {
			preset, _ := mail.PresetOf(p.SMTP.Preset)
			out.Host, out.Port = cmp.Or(p.SMTP.Host, preset.Host), p.SMTP.Port
		}
		s.Providers = append(s.Providers, out)
	}
	return s, composer(cfg, nil, nil, keyring), nil
}
