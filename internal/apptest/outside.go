package apptest

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"

	"idp/internal/inbox"
)

// Outside returns a provider that somebody else started, as processes of their
// own for example: its issuer, and the store where its mails arrive. App, Clock
// and Logs are out of reach. Of an issuer with https, roots say whom to trust.
func Outside(t testing.TB, issuer string, mails *inbox.Store, roots ...*x509.Certificate) *Provider {
	t.Helper()
	pool := x509.NewCertPool()
	for _, c := range roots {
		pool.AddCert(c)
	}
	wire := &http.Transport{DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &Provider{URL: issuer, Inbox: mails, t: t, wire: wire}
}
