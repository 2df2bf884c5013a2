package clientdocs_test

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/clientdocs"
	"idp/internal/outbound"
	"idp/internal/testdns"
)

func TestMain(m *testing.M) { os.Exit(testdns.Main(m)) }

// sentinel is a server on loopback that counts who gets through to it.
type sentinel struct {
	*httptest.Server
	host        string
	patience    time.Duration // for one document
	connections atomic.Int64
	requests    atomic.Int64
}

func newSentinel(t *testing.T, h http.HandlerFunc) *sentinel {
	t.Helper()
	s := &sentinel{patience: 30 * time.Second}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.requests.Add(1); h(w, r) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	s.host = strings.TrimPrefix(s.URL, "https://")
	return s
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// documents reads from the sentinel, if open, or from the public internet alone.
// Every host is allowed; clock is the time.
func (s *sentinel) documents(open bool, clock *atomic.Int64) *clientdocs.Documents {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	o := outbound.Options{RootCAs: roots, Timeout: s.patience, MaxBody: clientdocs.MaxBody}
	if open {
		o.Networks = loopback
	}
	return clientdocs.New(clientdocs.Config{
		Allow: []string{"*", "*:" + s.URL[strings.LastIndex(s.URL, ":")+1:], s.host}, Scopes: []string{"openid"}, Out: outbound.New(o),
		Now: func() time.Time { return time.Unix(1_800_000_000+clock.Load(), 0) },
	})
}
