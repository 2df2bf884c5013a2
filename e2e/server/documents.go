package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// documents is the server, with https, where applications publish what a provider
// reads: their keys, and for one that nobody declared who it is. Its keys can be
// replaced.
type documents struct {
	at   sites
	mu   sync.Mutex
	keys string // a JWKS
}

func (d *documents) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/jwks.json":
		d.mu.Lock()
		defer d.mu.Unlock()
		_, _ = io.WriteString(w, d.keys) // a lost reader asks again
	case "/client.json":
		_ = json.NewEncoder(w).Encode(map[string]any{ // the same
			"client_id": d.at.Documents.url + "/client.json", "client_name": "Travel agent", "redirect_uris": []string{d.at.Partner.url + "/callback"},
			"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"}, "token_endpoint_auth_method": "none",
		})
	default:
		http.NotFound(w, r)
	}
}

// publish replaces the keys.
func (d *documents) publish(keys string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = keys
}

// certify makes the site answer with https, and returns the file, in dir, of the
// certificate to trust.
func (s *site) certify(dir string) (file string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("make a certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", fmt.Errorf("make a certificate: %w", err)
	}
	file = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return "", fmt.Errorf("write a certificate: %w", err)
	}
	s.Listener = tls.NewListener(s.Listener, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS13,
	})
	s.url = "https" + s.url[len("http"):]
	return file, nil
}
