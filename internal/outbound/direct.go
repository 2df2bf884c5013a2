package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Direct makes a client for a server of the administrator's own, which may be in any
// network and speak plain http. It asks no proxy and follows no redirect. roots are
// those of Roots.
func Direct(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true, MaxIdleConns: 2, IdleConnTimeout: keepIdle,
		},
	}
}
