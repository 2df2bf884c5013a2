package idp

import (
	"crypto"
	"crypto/x509"
	"fmt"
)

// ClientKey is a public key of an application. It is for one algorithm, but for an
// RSA key whose owner did not say for which.
type ClientKey struct {
	ID        string    `json:"kid,omitempty"`
	Algorithm Algorithm `json:"alg"`
	Also      Algorithm `json:"also,omitempty"` // "" for none
	DER       []byte    `json:"der"`            // SubjectPublicKeyInfo, RFC 5280 §4.1
}

// For reports whether the key may have signed with the algorithm. An Ed25519 key
// goes by both of its algorithm's names.
func (k ClientKey) For(alg Algorithm) bool {
	return alg != "" && (k.Algorithm == alg || k.Also == alg || k.Algorithm.edwards() && alg.edwards())
}

// Public returns the key itself.
func (k ClientKey) Public() (crypto.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(k.DER)
	if err != nil {
		return nil, fmt.Errorf("read a client's key: %w", err)
	}
	return key, nil
}

// Ed25519 is EdDSA with an Ed25519 key by its newer name (RFC 9864 §2.2).
// Applications may say either; what is signed here says EdDSA, which all can read.
const Ed25519 Algorithm = "Ed25519"

func (a Algorithm) edwards() bool { return a == EdDSA || a == Ed25519 }

// SigningAlgorithms are those that applications may sign with, whatever they sign.
// RS256 is not one of them (FAPI 2.0 Security Profile §5.4.1).
var SigningAlgorithms = []Algorithm{PS256, ES256, EdDSA, Ed25519}

// RequestAlgorithms are those of request objects (RFC 9101): RS256 too, from
// clients outside of FAPI.
var RequestAlgorithms = append([]Algorithm{RS256}, SigningAlgorithms...)

// FAPI reports whether the client is held to the FAPI 2.0 Security Profile
// (§5.3.2): it proves itself by signatures, pushes its requests, and all its tokens
// are bound to a key.
func (c *Client) FAPI() bool { return c.AuthMethod == AuthKey && c.RequirePAR && c.RequireDPoP }

// RequestAlgorithms are those that the client may sign its requests with (RFC
// 9101): the one that is registered, or all that its profile takes.
func (c *Client) RequestAlgorithms() []Algorithm {
	switch {
	case c.RequestAlg != "":
		return []Algorithm{c.RequestAlg}
	case c.FAPI():
		return SigningAlgorithms
	default:
		return RequestAlgorithms
	}
}
