package idp

import (
	"crypto"
	"crypto/x509"
	"fmt"
)

// ClientKey is a public key of an application. It is for one algorithm.
type ClientKey struct {
	ID        string    `json:"kid,omitempty"`
	Algorithm Algorithm `json:"alg"`
	DER       []byte    `json:"der"` // SubjectPublicKeyInfo, RFC 5280 §4.1
}

// Public returns the key itself.
func (k ClientKey) Public() (crypto.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(k.DER)
	if err != nil {
		return nil, fmt.Errorf("read a client's key: %w", err)
	}
	return key, nil
}
