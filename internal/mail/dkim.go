package mail

import (
	"bytes"
	"crypto"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// Signer signs messages with DKIM (RFC 6376; Ed25519: RFC 8463).
type Signer struct{ options dkim.SignOptions }

// signed are the headers that the signature covers. From stands there once more
// than a message has it: nobody can add a second one.
var signed = []string{
	"From", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Reply-To", "Content-Language", "Auto-Submitted",
}

// NewSigner makes a Signer for a domain. The key is an RSA or an Ed25519 one.
func NewSigner(domain, selector string, key crypto.Signer) *Signer {
	return &Signer{dkim.SignOptions{
		Domain: domain, Selector: selector, Signer: key, Hash: crypto.SHA256, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	}}
}

// Sign returns raw with a signature in front.
func (s *Signer) Sign(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := dkim.Sign(&out, bytes.NewReader(raw), &s.options); err != nil {
		return nil, fmt.Errorf("sign mail: %w", err)
	}
	return out.Bytes(), nil
}
