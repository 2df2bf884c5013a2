package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"regexp"
	"strings"
)

// DKIM is what signs the mails. All keys or none.
type DKIM struct {
	Domain   string    `yaml:"domain"`
	Selector string    `yaml:"selector"`
	Key      SecretRef `yaml:"key"`

	Signer crypto.Signer `yaml:"-"` // what Key comes to
}

// On reports whether mails are signed here.
func (d DKIM) On() bool { return d.Domain != "" || d.Selector != "" || d.Key.IsSet() }

var dnsName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

func (v *validator) checkDKIM() {
	d := &v.config.Mail.DKIM
	if !d.On() {
		return
	}
	_, from, _ := strings.Cut(v.config.Mail.From, "@")
	switch {
	case !dnsName.MatchString(d.Domain) || !strings.Contains(d.Domain, "."):
		v.fail("mail.dkim.domain", "must be a domain in lower case, such as example.com")
	case from != d.Domain && !strings.HasSuffix(from, "."+d.Domain):
		v.fail("mail.dkim.domain", "must be the domain of mail.from, or one above it: DMARC compares them")
	}
	if !dnsName.MatchString(d.Selector) {
		v.fail("mail.dkim.selector", "must be a name such as idp2026, under which the key stands in the DNS")
	}
	if !d.Key.IsSet() {
		v.fail("mail.dkim.key", "is missing: make one with idp mail dkim and name its file here, file:/path")
		return
	}
	v.resolve("mail.dkim.key", &d.Key)
	if d.Key.Token().IsZero() {
		return
	}
	var err error
	if d.Signer, err = ParseDKIMKey(d.Key.Token().Reveal()); err != nil {
		v.fail("mail.dkim.key", "%v", err)
	}
}

// ParseDKIMKey reads a private key from PEM: Ed25519, or RSA of at least 2048
// bits, in PKCS #8 or, as openssl once wrote RSA keys, PKCS #1.
func ParseDKIMKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("holds no PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			return nil, errors.New("holds no private key that can be read")
		}
	}
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return k, nil
	case *rsa.PrivateKey:
		if k.N.BitLen() < 2048 {
			return nil, errors.New("is too short: RSA keys need 2048 bits")
		}
		return k, nil
	default:
		return nil, errors.New("is neither an RSA nor an Ed25519 key")
	}
}
