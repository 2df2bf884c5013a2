package server

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync/atomic"
)

// Certificate is a certificate and its key in two PEM files. Who renews them
// replaces the files; Reload follows.
type Certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[loaded]
}

type loaded struct {
	text string // of both files
	pair tls.Certificate
}

// NewCertificate reads the files.
func NewCertificate(certFile, keyFile string) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files again. After an error, which half-written files are too,
// the old pair stays in use.
func (c *Certificate) Reload() error {
	cert, err := os.ReadFile(c.certFile)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	key, err := os.ReadFile(c.keyFile)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	text := string(cert) + string(key)
	if old := c.current.Load(); old != nil && old.text == text {
		return nil
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("read certificate: %s and %s: %w", c.certFile, c.keyFile, err)
	}
	c.current.Store(&loaded{text, pair})
	return nil
}

// TLS is the configuration of a listener: TLS 1.3, and 1.2 with the suites of
// BCP 195 (RFC 9325 §4.2) and ChaCha20-Poly1305. They all have forward secrecy
// and authenticated encryption.
func (c *Certificate) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &c.current.Load().pair, nil },
	}
}
