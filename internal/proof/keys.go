package proof

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"idp/internal/idp"
)

const minRSABits = 2048

// ParseKey reads one public JWK (RFC 7517 §4). A private key is an error: it has
// no business outside of the application.
func ParseKey(jwk []byte) (idp.ClientKey, error) {
	var k jose.JSONWebKey
	if err := json.Unmarshal(jwk, &k); err != nil {
		return idp.ClientKey{}, errors.New("is not a JWK")
	}
	if k.Use != "" && k.Use != "sig" {
		return idp.ClientKey{}, errors.New("is not for signatures: its use must be sig")
	}
	alg, err := keyAlgorithm(&k)
	if err != nil {
		return idp.ClientKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		return idp.ClientKey{}, fmt.Errorf("is not a usable key: %w", err)
	}
	return idp.ClientKey{ID: k.KeyID, Algorithm: alg, DER: der}, nil
}

// keyAlgorithm is the one algorithm that a public key is for.
func keyAlgorithm(k *jose.JSONWebKey) (idp.Algorithm, error) {
	var alg idp.Algorithm
	switch key := k.Key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSABits {
			return "", fmt.Errorf("is too short: RSA keys need at least %d bits", minRSABits)
		}
		alg = idp.PS256
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return "", errors.New("is on another curve than P-256")
		}
		alg = idp.ES256
	case ed25519.PublicKey:
		alg = idp.EdDSA
	default:
		return "", errors.New("must be a public RSA, P-256 or Ed25519 key")
	}
	if !k.Valid() {
		return "", errors.New("is not a valid key")
	}
	if k.Algorithm != "" && k.Algorithm != string(alg) {
		return "", fmt.Errorf("is for another algorithm than %s", alg)
	}
	return alg, nil
}
