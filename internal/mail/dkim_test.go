package mail_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"idp/internal/mail"
)

// A mail that went over the wire carries a signature that a receiving server
// verifies with the record that we print, and that a second From would break.
func TestSignatureVerifies(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ed25519": edKey} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, err := mail.DKIMRecord(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			verify := func(raw string) *dkim.Verification {
				v, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
					if domain != "s1._domainkey.example.com" {
						t.Errorf("the record is looked for at %s", domain)
					}
					return []string{record}, nil
				}})
				if err != nil || len(v) != 1 {
					t.Fatalf("%v, %v", v, err)
				}
				return v[0]
			}
			preset, _ := mail.PresetOf("sendgrid")
			s := &script{replies: map[string]string{}}
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain, Headers: preset.Headers})
			o.worker.Compose.Signer = mail.NewSigner("example.com", "s1", key)
			o.ask(t)
			raw := s.mails[0]
			if !strings.HasPrefix(raw, "X-SMTPAPI: {") {
				t.Errorf("the provider's header is missing: %.80s", raw)
			}
			v := verify(raw)
			if v.Err != nil || v.Domain != "example.com" {
				t.Fatalf("%+v", v)
			}
			for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} {
				if !contains(v.HeaderKeys, h) {
					t.Errorf("%s is not signed", h)
				}
			}
			for what, forged := range map[string]string{
				"a second From":    "From: <eve@example.net>\r\n" + raw,
				"another subject":  strings.Replace(raw, "Subject: ", "Subject: 0", 1),
				"another link":     strings.Replace(raw, "/l/", "/m/", 1),
				"another receiver": strings.Replace(raw, "To: <", "To: <x", 1),
			} {
				if v := verify(forged); v.Err == nil {
					t.Errorf("%s: the signature still verifies", what)
				}
			}
		})
	}
}

func contains(list []string, name string) bool {
	for _, v := range list {
		if strings.EqualFold(v, name) {
			return true
		}
	}
	return false
}

// A record that is longer than a string of the DNS is written as several.
func TestZoneText(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("x"), 300))
	got := mail.ZoneText(long)
	if !strings.HasPrefix(got, `"xxx`) || strings.ReplaceAll(strings.ReplaceAll(got, `" "`, ""), `"`, "") != long || strings.Index(got, `" "`) != 256 {
		t.Errorf("%s", got)
	}
}
