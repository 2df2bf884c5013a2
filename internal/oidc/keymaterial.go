package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"idp/internal/idp"
)

// keyLabel seals private keys; the key's id is bound to it, so that two rows
// cannot be exchanged.
const keyLabel = "signing-key"

// rsaBits: 3072 would cost three times the CPU of every signature, for a margin
// that keys which live for months do not need.
const rsaBits = 2048

// generate makes a private key for alg, as PKCS #8.
func generate(alg idp.Algorithm) ([]byte, error) {
	var private any
	var err error
	switch alg {
	case idp.RS256, idp.PS256:
		private, err = rsa.GenerateKey(rand.Reader, rsaBits)
	case idp.ES256:
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case idp.EdDSA:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	default:
		return nil, fmt.Errorf("unknown algorithm %q", alg)
	}
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(private)
}

func parsePrivate(der []byte) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("read private key: it cannot sign")
	}
	return s, nil
}
