package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/testdb"
)

// borrowed writes a certificate for 127.0.0.1 and its key to files, and returns
// who trusts it.
func borrowed(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler()) // it brings one
	defer s.Close()
	key, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: s.Certificate().Raw}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return certFile, keyFile, roots
}

// A provider with a certificate needs no proxy.
func TestProviderServesTLS(t *testing.T) {
	t.Parallel()
	cert, key, roots := borrowed(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"ROOT": strings.Repeat("r", 40), "URL": testdb.URL(t, "sqlite")}
	issuer := "https://" + l.Addr().String()
	cfg, err := config.Parse("x.yaml", []byte("issuer: "+issuer+"\nsecret: env:ROOT\ndatabase: {url: env:URL}\ntls: {cert_file: "+cert+", key_file: "+key+"}\n"+
		"mail: {from: login@example.com, smtp: {host: 127.0.0.1, port: 9, security: none}}\n"), func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/.well-known/openid-configuration": `"issuer":"` + issuer + `"`} {
		resp, err := client.Get(issuer + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %d %s %v", path, resp.StatusCode, body, resp.Header)
		}
	}
}
