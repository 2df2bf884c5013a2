package proof

import (
	"crypto"
	"crypto/ed25519"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/idp"
)

// verifier is what the library verifies with: the key, but for a signature that is
// called Ed25519 (RFC 9864 §2.2), a name that the library does not know.
func verifier(key crypto.PublicKey, header *jose.Header) any {
	if public, ok := key.(ed25519.PublicKey); ok && header.Algorithm == string(idp.Ed25519) {
		return edwards(public)
	}
	return key
}

// edwards verifies signatures of that name and no other.
type edwards ed25519.PublicKey

// VerifyPayload implements jose.OpaqueVerifier.
func (k edwards) VerifyPayload(payload, signature []byte, alg jose.SignatureAlgorithm) error {
	if alg != jose.SignatureAlgorithm(idp.Ed25519) || len(k) != ed25519.PublicKeySize || !ed25519.Verify(ed25519.PublicKey(k), payload, signature) {
		return jose.ErrCryptoFailure
	}
	return nil
}
