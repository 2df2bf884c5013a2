package apptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/inbox"
)

// Provider is one running provider and its surroundings.
type Provider struct {
	URL      string // its issuer
	Database string // address of its database
	App      *app.App
	Inbox    *inbox.Store // where its mails arrive
	Clock    *Clock
	Logs     *Logs
	// Language is what new browsers say that their people read; "" for nothing.
	Language string

	t    testing.TB
	wire *http.Transport
}

// From is the sender of the provider's mails.
const From = "login@idp.example.com"

// New starts a provider on the empty database at database, until the test ends.
func New(t testing.TB, database string, opts ...Option) *Provider {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	p := &Provider{Database: database, Inbox: inbox.NewStore(inbox.Limits{}), Clock: newClock(), Logs: &Logs{}, t: t}
	if !o.at.IsZero() {
		p.Clock.now = o.at
	}
	p.wire = &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	listener := p.listen(o.tls)
	cfg := p.configuration(o, p.mailServer())
	seedKeys(t, database, p.Clock.Now())
	a, err := app.New(context.Background(), cfg, app.Options{Log: p.Logs.Logger(), Now: p.Clock.Now, Tracer: o.tracer})
	if err != nil {
		t.Fatal(err)
	}
	p.App, p.Clock.rest = a, p.rest
	a.Logout.Idle = time.Hour // so that a bell that nobody rings fails a test
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, listener) }()
	t.Cleanup(func() {
		if faults := p.Logs.Faults(); len(faults) > 0 && !o.faulty {
			t.Errorf("the provider had faults of its own:\n%s", strings.Join(faults, "\n"))
		}
		p.wire.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stop the provider: %v", err)
		}
	})
	return p
}

// For returns the same provider for a subtest.
func (p *Provider) For(t testing.TB) *Provider {
	q := *p
	q.t = t
	return &q
}

// listen opens the provider's port and so decides its issuer.
func (p *Provider) listen(secure bool) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	if !secure {
		p.URL = "http://" + l.Addr().String()
		return l
	}
	p.URL = "https://" + l.Addr().String()
	s := httptest.NewTLSServer(http.NotFoundHandler()) // it brings a certificate for 127.0.0.1
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	p.wire.TLSClientConfig = &tls.Config{RootCAs: roots}
	return tls.NewListener(l, &tls.Config{Certificates: s.TLS.Certificates})
}

// mailServer starts the far end of SMTP and returns its port.
func (p *Provider) mailServer() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	s := inbox.NewSMTPServer(p.Inbox, p.Logs.Logger())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // it always ends with an error, by Close
	p.t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).Port
}

// configuration loads a configuration as an administrator would write it.
func (p *Provider) configuration(o options, smtpPort int) *config.Config {
	text := fmt.Sprintf(`issuer: %q
secret: env:ROOT_SECRET
database: {url: env:DATABASE_URL}
http: {allow_private_targets: [127.0.0.1]}
mail:
  from: %q
  smtp: {host: 127.0.0.1, port: %d, security: none}
clients:
`, p.URL, From, smtpPort) + clientsYAML + o.clients + nativeClientsYAML + grantClientsYAML + o.settings
	cfg, err := config.Parse("test.yaml", []byte(text), func(name string) string {
		switch {
		case name == "ROOT_SECRET":
			return RootSecret
		case name == "DATABASE_URL":
			return p.Database
		case strings.HasSuffix(name, "_SECRET"):
			return clientSecret(name)
		}
		return ""
	})
	if err != nil {
		p.t.Fatal(err)
	}
	wideLimits(cfg)
	for _, change := range o.change {
		change(cfg)
	}
	return cfg
}
