package mail

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

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
func (s *Signer) Sign(raw string) (string, error) {
	var out strings.Builder
	if err := dkim.Sign(&out, strings.NewReader(raw), &s.options); err != nil {
		return "", fmt.Errorf("sign mail: %w", err)
	}
	return out.String(), nil
}

// DKIMRecord is the TXT record that publishes a key (RFC 6376 §3.6.1; RFC 8463 §4).
func DKIMRecord(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			return "", fmt.Errorf("publish key: %w", err)
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(k), nil
	default:
		return "", fmt.Errorf("publish key: %T is no kind of key that DKIM knows", key)
	}
}

// ZoneText writes a TXT record as a zone file has it: in quoted strings of at
// most 255 bytes (RFC 1035 §3.3).
func ZoneText(record string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(record), 255) {
		fmt.Fprintf(&b, " %q", part)
	}
	return strings.TrimSpace(b.String())
}
