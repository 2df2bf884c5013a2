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
	key, err := algorithms(k)
	if err != nil {
		return idp.ClientKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		return idp.ClientKey{}, fmt.Errorf("is not a usable key: %w", err)
	}
	key.ID, key.DER = k.KeyID, der
	return key, nil
}

// algorithms says what a key is for. RS256 belongs to RSA keys that name it, and to
// those that name nothing.
func algorithms(k jose.JSONWebKey) (idp.ClientKey, error) {
	said := idp.Algorithm(k.Algorithm)
	if _, isRSA := k.Key.(*rsa.PublicKey); isRSA && said == idp.RS256 {
		k.Algorithm = ""
	}
	alg, err := keyAlgorithm(&k)
	key := idp.ClientKey{Algorithm: alg}
	switch {
	case err != nil || alg != idp.PS256:
	case said == idp.RS256:
		key.Algorithm = idp.RS256
	case said == "":
		key.Also = idp.RS256
	}
	return key, err
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
		if alg = idp.EdDSA; k.Algorithm == string(idp.Ed25519) {
			alg = idp.Ed25519
		}
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

// maxKeys bounds a key set: one key per algorithm while all are replaced, and
// those that are for something else.
const maxKeys = 20

// ParseKeys reads a public key set (RFC 7517 §5). Keys that are not for signatures
// that are accepted here are left out; a private key spoils the set.
func ParseKeys(set []byte) ([]idp.ClientKey, error) {
	var read struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(set, &read); err != nil || read.Keys == nil {
		return nil, errors.New("is not a JWKS: an object with a list of keys")
	}
	if len(read.Keys) > maxKeys {
		return nil, fmt.Errorf("has more than %d keys", maxKeys)
	}
	var out []idp.ClientKey
	for _, jwk := range read.Keys {
		var private struct {
			D any `json:"d"`
			K any `json:"k"`
		}
		if err := json.Unmarshal(jwk, &private); err != nil {
			return nil, errors.New("holds something that is no key")
		}
		if private.D != nil || private.K != nil {
			return nil, errors.New("holds a private key: only public members belong there")
		}
		if key, err := ParseKey(jwk); err == nil {
			out = append(out, key)
		}
	}
	return out, nil
}

// KeySet is the JWKS of keys: what ParseKeys reads.
func KeySet(keys []idp.ClientKey) ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range keys {
		public, err := k.Public()
		if err != nil {
			return nil, err
		}
		jwk := jose.JSONWebKey{Key: public, KeyID: k.ID, Algorithm: string(k.Algorithm), Use: "sig"}
		if k.Also != "" {
			jwk.Algorithm = ""
		}
		set.Keys = append(set.Keys, jwk)
	}
	return json.Marshal(set)
}
