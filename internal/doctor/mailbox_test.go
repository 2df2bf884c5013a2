package doctor

import (
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/testdns"
)

// newOffice is a subject that signs, with one provider on loopback.
func newOffice(t *testing.T) (*Subject, *mailServer, *mail.Composer) {
	t.Helper()
	s := newSubject(t, received, withDKIM)
	server := &mailServer{}
	s.Providers = []Provider{newProvider(t, server.listen(t), mail.Plain, nil, "")}
	d := s.Config.Mail.DKIM
	record, err := mail.DKIMRecord(d.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	s.Resolver = NewResolver(testdns.NewZone(t, "s1._domainkey.example.com TXT "+record).Addr)
	return s, server, &mail.Composer{Issuer: received, From: netmail.Address{Name: "Sign-in", Address: "login@example.com"}, Signer: mail.NewSigner(d.Domain, d.Selector, d.Signer)}
}

// What one run sends, another run knows, with nothing in between but the root secret.
func TestTestMail(t *testing.T) {
	t.Parallel()
	s, server, compose := newOffice(t)
	sent := Run(t.Context(), s.Mailbox("ada@example.net", compose))
	if sent.Count[OK] != 1 || len(server.taken()) != 1 {
		t.Fatalf("%+v, %d mails", sent, len(server.taken()))
	}
	arrived := server.taken()[0]
	report := Run(t.Context(), s.Received(strings.NewReader(arrived)))
	if report.Count[Problem]+report.Count[Warning] > 0 || report.Count[OK] < 5 {
		t.Errorf("it arrived as it was sent: %+v\n%s", report.Findings, arrived)
	}
	for line := range strings.Lines(arrived) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}

	changed := strings.Replace(arrived, "Test of smtp", "Test of Smtp", 1)
	report = Run(t.Context(), s.Received(strings.NewReader(changed)))
	i := slices.IndexFunc(report.Findings, func(f Finding) bool {
		return f.Check == "received signature" && f.Severity == Problem && strings.Contains(f.Seen, "not valid")
	})
	if i < 0 {
		t.Errorf("a broken signature is not found: %+v", report.Findings)
	}
}

func TestRefusedTestMail(t *testing.T) {
	t.Parallel()
	s, _, compose := newOffice(t)
	away := &mailServer{greeting: "554 5.7.1 no"}
	s.Providers = []Provider{newProvider(t, away.listen(t), mail.Plain, nil, "")}
	wants(t, "refused", Run(t.Context(), s.Mailbox("ada@example.net", compose)).Findings, Problem, "did not take the test mail")
}

// A mail without a signature, or with one of the provider's domain alone, does not
// count for DMARC.
func TestUnsignedTestMail(t *testing.T) {
	t.Parallel()
	s, server, compose := newOffice(t)
	compose.Signer = nil
	Run(t.Context(), s.Mailbox("ada@example.net", compose))
	checks := s.Received(strings.NewReader(server.taken()[0]))
	wants(t, "unsigned", checks[len(checks)-1].Run(t.Context()), Problem, "not signed")
}

// After the root secret was replaced, mails that were sent before are still known.
func TestTestMailOfThePreviousSecret(t *testing.T) {
	t.Parallel()
	old := newSubject(t, received, "")
	before := newTrial(old.Keys, received, "smtp", time.Now())
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("n", 32)), secret.TokenOf(root))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := findTrial(keys, received, before.ref); err != nil || *found != *before {
		t.Errorf("%+v, %v", found, err)
	}
	for _, forged := range []string{before.ref[:len(before.ref)-1] + "_", strings.Replace(before.ref, "doctor.smtp", "doctor.backup", 1)} {
		if found, err := findTrial(keys, received, forged); err == nil {
			t.Errorf("%s is believed: %+v", forged, found)
		}
	}
	if len(before.link) != len(received)+len("/l/")+secret.LinkLength || strings.Trim(before.link[len(received)+3:], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		t.Errorf("%s is no link like those of letters", before.link)
	}
}
