package doctor

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"idp/internal/config"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/storage"
)

// Subject is the installation that is looked at.
type Subject struct {
	Config    *config.Config
	Keys      *secret.Keyring
	Database  Database
	Resolver  Resolver
	Roots     *x509.CertPool // that https is checked with; nil: the system's
	Providers []Provider
	Now       func() time.Time
	// Opens returns an error if the root secret does not open the stored signing keys.
	Opens func(context.Context) error
}

// Database is what the doctor asks of one.
type Database interface {
	Ping(ctx context.Context) error
	Schema(ctx context.Context) (storage.Schema, error)
	Migrations(ctx context.Context) ([]storage.Migration, error)
	Clock(ctx context.Context) (time.Time, error)
	TextOrder(ctx context.Context) (storage.TextOrder, error)
}

// Resolver asks the DNS. What does not exist is a *net.DNSError with IsNotFound.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Provider is one way out for mails.
type Provider struct {
	Name   string
	Preset string
	Host   string // of its mail server; "" for a hook
	Port   int
	Hook   string // its address; "" for a mail server
	Sender mail.Sender
}

// Prober is a Sender that can be tried without a mail.
type Prober interface {
	Probe(ctx context.Context) (*mail.Greeting, error)
}

// Checks are all there are but those of a test mail, in the order of a report.
func (s *Subject) Checks() []Check {
	checks := []Check{
		{"issuer", false, s.checkIssuer},
		{"link length", false, s.checkLinkLength},
		{"cookies", false, s.checkCookies},
		{"issuer name", true, s.checkIssuerName},
		{"issuer answers", true, s.checkAnswer},
		{"issuer certificate", true, s.checkCertificate},
		{"clock", true, s.checkClock},
		{"proxy", true, s.checkProxy},
		{"database", true, s.checkDatabase},
		{"mail domain", true, s.checkMX},
		{"SPF", true, s.checkSPF},
		{"DKIM", true, s.checkDKIM},
		{"DMARC", true, s.checkDMARC},
	}
	for _, p := range s.Providers {
		checks = append(checks, Check{"mail " + p.Name + " settings", false, s.settingsOf(p)}, Check{"mail " + p.Name, true, s.providerOf(p)})
	}
	return checks
}
