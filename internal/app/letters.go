package app

import (
	"context"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"idp/internal/clients"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/words"
	"idp/web"
)

// Words reads the catalogue and the letters, with what the administrator has of
// their own, and checks all of it.
func Words(cfg *config.Config) (*words.Catalogue, *web.Letters, error) {
	own, err := readOverrides(cfg.Locales.Dir, cfg.Declared)
	if err != nil {
		return nil, nil, fmt.Errorf("locales.dir: %w", err)
	}
	catalogue, err := words.Load(words.Options{Default: cfg.Locales.Default, Overrides: own.words})
	if err != nil {
		return nil, nil, err
	}
	letters, err := web.LoadLetters(web.LetterOptions{Words: catalogue, Templates: own.templates})
	if err != nil {
		return nil, nil, err
	}
	registry, err := declaredOnly(cfg)
	if err != nil {
		return nil, nil, err
	}
	c := composer(cfg, registry, letters, nil)
	for _, t := range own.templates {
		check := c.Check
		if strings.HasPrefix(t.Name, "invitation.") {
			check = c.CheckInvitation
		}
		if err := check(t.Client, t.Locale, time.Now()); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", t.File, err)
		}
	}
	return catalogue, letters, nil
}

// Composer makes letters for the declared clients, without a database.
func Composer(cfg *config.Config) (*mail.Composer, error) {
	_, letters, err := Words(cfg)
	if err != nil {
		return nil, err
	}
	registry, err := declaredOnly(cfg)
	if err != nil {
		return nil, err
	}
	keyring, err := Keyring(cfg)
	if err != nil {
		return nil, err
	}
	return composer(cfg, registry, letters, keyring), nil
}

func composer(cfg *config.Config, registry *clients.Registry, letters *web.Letters, keyring *secret.Keyring) *mail.Composer {
	return &mail.Composer{
		Issuer: cfg.Issuer, From: netmail.Address{Name: cfg.Mail.FromName, Address: cfg.Mail.From}, ReplyTo: cfg.Mail.ReplyTo,
		Clients: registry, Letters: letters, Keys: keyring, Signer: newSigner(cfg), NoCodeOutside: !cfg.Mail.SubjectCode,
	}
}

// declared are clients that stand in a configuration, as a source of a registry.
type declared []idp.Client

// Clients is their list.
func (d declared) Clients(context.Context) ([]idp.Client, error) { return d, nil }

// ClientsVersion never changes.
func (d declared) ClientsVersion(context.Context) (string, error) { return "declared", nil }

func declaredOnly(cfg *config.Config) (*clients.Registry, error) {
	r := clients.NewRegistry(declared(cfg.Declared))
	return r, r.Reload(context.Background())
}
