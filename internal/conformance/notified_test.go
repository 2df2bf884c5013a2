package conformance_test

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// notified is the server of a client that hears of logouts from the provider. It
// speaks TLS, with a certificate that the provider is told to trust.
type notified struct {
	server *httptest.Server
	heard  chan notice
}

// notice is what arrived.
type notice struct {
	method, contentType string
	version             uint16 // of TLS
	query, form         url.Values
}

func newNotified(t *testing.T) *notified {
	t.Helper()
	n := &notified{heard: make(chan notice, 10)}
	n.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := notice{method: r.Method, contentType: r.Header.Get("Content-Type"), version: r.TLS.Version, query: r.URL.Query()}
		if err := r.ParseForm(); err == nil {
			got.form = r.PostForm
		}
		n.heard <- got
		w.Header().Set("Cache-Control", "no-store")
	}))
	t.Cleanup(n.server.Close)
	return n
}

// option has the provider trust the server and call it where the example's file
// names the suite.
func (n *notified) option(t *testing.T) apptest.Option {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return apptest.Configure(func(c *config.Config) {
		c.HTTP.TrustedCAs = []string{ca}
		for i := range c.Declared {
			if c.Declared[i].ID == told.id {
				c.Declared[i].BackchannelLogoutURI = n.server.URL + "/test/a/idp/backchannel_logout"
			}
		}
	})
}

// noticePatience is how long a notice may take; it takes milliseconds.
const noticePatience = 20 * time.Second

func (n *notified) next(t *testing.T) notice {
	t.Helper()
	select {
	case got := <-n.heard:
		if got.version < tls.VersionTLS13 {
			t.Errorf("the notice came by TLS %#x", got.version)
		}
		return got
	case <-time.After(noticePatience):
		t.Fatal("the client hears of no logout")
		return notice{}
	}
}
