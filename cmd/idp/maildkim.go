package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"os"

	"idp/internal/mail"
)

var mailDKIMCommand = command{
	name:    "mail dkim",
	summary: "make a key that signs mails, and its DNS record",
	help: `Writes a new private key, for mail.dkim.key, into a file that only its owner can
read, and prints the TXT record that the receiving servers look for. An existing
file is left alone. RSA is what every server checks.

Example: idp mail dkim --domain example.com --selector idp2026 --out /etc/idp/dkim.pem
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		domain := flags.String("domain", "", "the domain of mail.from")
		selector := flags.String("selector", "", "a `name` for this key: the record stands at NAME._domainkey.DOMAIN")
		out := flags.String("out", "", "the `file` for the private key")
		alg := flags.String("algorithm", "rsa", "rsa or ed25519")
		if err := parse(flags, args); err != nil {
			return err
		}
		if *domain == "" || *selector == "" || *out == "" {
			return wrongly("--domain, --selector and --out are needed")
		}
		key, err := newDKIMKey(*alg)
		if err != nil {
			return err
		}
		record, err := mail.DKIMRecord(key.Public())
		if err != nil {
			return err
		}
		if err := writeKey(*out, key); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s._domainkey.%s. IN TXT %s\n", *selector, *domain, mail.ZoneText(record))
		return nil
	},
}

func newDKIMKey(alg string) (crypto.Signer, error) {
	switch alg {
	case "rsa":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	default:
		return nil, wrongly("--algorithm must be rsa or ed25519")
	}
}

// writeKey never overwrites: the old key may still be in use.
func writeKey(path string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}
