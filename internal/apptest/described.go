package apptest

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"idp/internal/config"
)

// Described is an application that describes itself on its own server.
type Described struct {
	Client
	Host    string // of its document, with the port
	Fetches atomic.Int64

	mu     sync.Mutex
	answer http.HandlerFunc
	file   string // its certificate
}

// NewDescribed starts such an application until the test ends. Its document has
// what every one must have; more adds members or, by a nil, takes some away.
func NewDescribed(t testing.TB, redirect string, more map[string]any) *Described {
	t.Helper()
	d := &Described{}
	s := httptest.NewTLSServer(http.HandlerFunc(d.serve))
	t.Cleanup(s.Close)
	d.Host = strings.TrimPrefix(s.URL, "https://")
	d.Client = Client{ID: s.URL + "/client.json", Redirect: redirect}
	d.file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(d.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Says(more)
	return d
}

func (d *Described) serve(w http.ResponseWriter, r *http.Request) {
	d.Fetches.Add(1)
	d.mu.Lock()
	answer := d.answer
	d.mu.Unlock()
	answer(w, r)
}

// Answers replaces what the application's server answers.
func (d *Described) Answers(h http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = h
}

// Says replaces the document.
func (d *Described) Says(more map[string]any) {
	document := map[string]any{
		"client_id": d.ID, "client_name": "Agent", "redirect_uris": []string{d.Redirect}, "grant_types": []string{"authorization_code", "refresh_token"},
		"response_types": []string{"code"}, "token_endpoint_auth_method": "none",
	}
	for name, value := range more {
		if document[name] = value; value == nil {
			delete(document, name)
		}
	}
	body, err := json.Marshal(document)
	if err != nil {
		panic("apptest: a document is plain data: " + err.Error())
	}
	d.Answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

// Tools is what the tokens of applications that describe themselves may be for.
const Tools = "https://mcp.example.com/"

// Allowed is the option of a provider that reads the application's document.
func (d *Described) Allowed() Option {
	return Configure(func(c *config.Config) {
		c.ClientsByMetadata.Enabled, c.ClientsByMetadata.Allow = true, append(c.ClientsByMetadata.Allow, d.Host)
		c.ClientsByMetadata.Resources = []string{Tools}
		c.HTTP.TrustedCAs = append(c.HTTP.TrustedCAs, d.file) // it may be declared too
		c.ClientsByMetadata.TrustedCAs = append(c.ClientsByMetadata.TrustedCAs, d.file)
		c.ClientsByMetadata.PrivateTargets = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
}
