package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"idp/internal/server"
	"idp/web"
)

// files are a certificate and its key on disk.
type files struct {
	t         *testing.T
	cert, key string
}

func newFiles(t *testing.T) *files {
	dir := t.TempDir()
	return &files{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// renew writes a new certificate with a serial number, for an RSA or ECDSA key.
func (f *files) renew(serial int64, isRSA bool) {
	f.t.Helper()
	private, public, err := newKey(isRSA)
	if err != nil {
		f.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		f.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(f.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	f.write(f.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func newKey(isRSA bool) (private, public any, err error) {
	if isRSA {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, nil, err
		}
		return k, k.Public(), nil
	}
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	return k, k.Public(), nil
}

func (f *files) write(name string, body []byte) {
	f.t.Helper()
	if err := os.WriteFile(name, body, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// newTLSServer serves with the files until the test ends.
func newTLSServer(t *testing.T, f *files) (*server.Certificate, string) {
	t.Helper()
	c, err := server.NewCertificate(f.cert, f.key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.Load(web.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Config{
		Issuer: &url.URL{Scheme: "https", Host: l.Addr().String()}, Pages: pages, Log: slog.New(slog.DiscardHandler), Now: time.Now, Certificate: c,
		Routes: []server.Route{{Path: "/page", Methods: server.Get, Kind: server.Page, Handler: ok}},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c, l.Addr().String()
}

func TestServesTLS(t *testing.T) {
	f := newFiles(t)
	f.renew(1, false)
	_, addr := newTLSServer(t, f)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]string{"/healthz": "ok\n", "/page": "ok"} {
		resp, err := client.Get("https://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != want || resp.Header.Get("Strict-Transport-Security") != "max-age=31536000" || resp.ProtoMajor != 2 {
			t.Errorf("%s: %q %v %s", path, body, resp.Header, resp.Proto)
		}
	}
	resp, err := http.Get("http://" + addr + "/healthz")
	if err == nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("plain http is answered")
		}
	}
}

// handshake makes one and returns what was agreed on.
func handshake(addr string, c *tls.Config) (tls.ConnectionState, error) {
	c.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", addr, c)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	return conn.ConnectionState(), nil
}

// Only what BCP 195 recommends is agreed on, whatever the key is.
func TestHandshakes(t *testing.T) {
	for name, isRSA := range map[string]bool{"RSA": true, "ECDSA": false} {
		f := newFiles(t)
		f.renew(1, isRSA)
		_, addr := newTLSServer(t, f)
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
			if s, err := handshake(addr, &tls.Config{MinVersion: version, MaxVersion: version}); err == nil {
				t.Errorf("%s: %s was agreed on", name, tls.VersionName(s.Version))
			}
		}
		if s, err := handshake(addr, &tls.Config{}); err != nil || s.Version != tls.VersionTLS13 {
			t.Errorf("%s: %v, %v", name, s.Version, err)
		}
		good := 0
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			s, err := handshake(addr, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
			if recommended[suite.ID] {
				good++
			} else if err == nil {
				t.Errorf("%s: %s was agreed on", name, tls.CipherSuiteName(s.CipherSuite))
			}
			if fits := suite.Name[len("TLS_ECDHE_"):][:3] == name[:3]; recommended[suite.ID] && fits && err != nil {
				t.Errorf("%s: %s: %v", name, suite.Name, err)
			}
		}
		if good != 6 {
			t.Errorf("this Go knows %d of the recommended suites", good)
		}
	}
}

var recommended = map[uint16]bool{
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: true, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: true, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: true,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: true, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: true, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: true,
}

// Who renews the certificate replaces two files, one after the other.
func TestCertificateIsFollowed(t *testing.T) {
	f := newFiles(t)
	f.renew(1, false)
	c, addr := newTLSServer(t, f)
	serves := func(what string, want int64) {
		t.Helper()
		s, err := handshake(addr, &tls.Config{})
		if err != nil || s.PeerCertificates[0].SerialNumber.Int64() != want {
			t.Errorf("%s: %v, want certificate %d", what, err, want)
		}
	}
	serves("at the start", 1)
	oldKey, err := os.ReadFile(f.key)
	if err != nil {
		t.Fatal(err)
	}
	f.renew(2, true)
	newKey, err := os.ReadFile(f.key)
	if err != nil {
		t.Fatal(err)
	}
	f.write(f.key, oldKey)
	if err := c.Reload(); err == nil {
		t.Error("half of a renewal passes")
	}
	serves("half renewed", 1)
	f.write(f.key, newKey)
	if err := c.Reload(); err != nil {
		t.Error(err)
	}
	serves("renewed", 2)
	if err := os.Remove(f.cert); err != nil {
		t.Fatal(err)
	}
	if err := c.Reload(); err == nil {
		t.Error("a missing file passes")
	}
	serves("without files", 2)
	if _, err := server.NewCertificate(f.cert, f.key); err == nil {
		t.Error("a start without a certificate")
	}
}
