package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/testdb"
)

// caller makes a certificate for somebody who calls, and writes it to a file.
func caller(t *testing.T) (file string, pair tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "caller.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// Beyond loopback, the administrator's listener talks to nobody who cannot show a
// certificate.
func TestAdminListenerWantsCertificates(t *testing.T) {
	t.Parallel()
	cert, key, roots := borrowed(t)
	callers, mine := caller(t)
	main, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"ROOT": strings.Repeat("r", 40), "URL": testdb.URL(t, "sqlite")}
	cfg, err := config.Parse("x.yaml", []byte("issuer: http://"+main.Addr().String()+"\nsecret: env:ROOT\ndatabase: {url: env:URL}\n"+
		"admin: {listen: ':9090', tls: {cert_file: "+cert+", key_file: "+key+", client_ca_file: "+callers+"}}\n"+
		"mail: {from: login@example.com, smtp: {host: 127.0.0.1, port: 9, security: none}}\n"), func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.ServeBoth(ctx, main, admin) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	for _, shown := range [][]tls.Certificate{{mine}, nil} {
		wire := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: shown}}
		resp, err := (&http.Client{Transport: wire, Timeout: 10 * time.Second}).Get("https://" + admin.Addr().String() + "/metrics")
		if shown == nil {
			if err == nil {
				t.Errorf("a stranger gets %s", resp.Status)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		wire.CloseIdleConnections()
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "idp_build_info{") {
			t.Errorf("%s %s", resp.Status, body)
		}
	}
}
