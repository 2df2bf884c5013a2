package doctor

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"idp/internal/mail"
	"idp/internal/testdns"
)

const withDKIM = "  dkim: {domain: example.com, selector: s1, key: env:DKIM_KEY}\n"

func TestMX(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone string
		want Severity
		seen string
	}{
		"good":         {"example.com MX 10 mx.example.com\nmx.example.com A 192.0.2.1", OK, "goes to mx.example.com"},
		"null MX":      {"example.com MX 0 .", Problem, "null MX"},
		"lost server":  {"example.com MX 10 gone.example.com", Warning, "gone.example.com"},
		"address only": {"example.com A 192.0.2.1", Warning, "IN MX 10"},
		"nothing":      {"", Problem, "neither"},
	} {
		s := newSubject(t, "https://login.example.com", "")
		s.Resolver = NewResolver(testdns.NewZone(t, c.zone).Addr)
		wants(t, name, s.checkMX(t.Context()), c.want, c.seen)
	}
}

func TestSPF(t *testing.T) {
	t.Parallel()
	server := "\nmail.example.com A 198.51.100.7"
	for name, c := range map[string]struct {
		zone   string
		preset string
		want   Severity
		seen   string
	}{
		"covered":           {"example.com TXT v=spf1 ip4:198.51.100.0/24 -all" + server, "", OK, "0 of 10"},
		"not covered":       {"example.com TXT v=spf1 mx -all" + server, "", Warning, "add a:mail.example.com"},
		"missing":           {"example.com TXT hello" + server, "", Problem, `"v=spf1 a:mail.example.com ~all"`},
		"missing, preset":   {"", "sendgrid", Problem, `"v=spf1 include:sendgrid.net ~all"`},
		"preset included":   {"example.com TXT v=spf1 include:sendgrid.net -all\nsendgrid.net TXT v=spf1 ip4:203.0.113.0/24 ~all", "sendgrid", OK, "1 of 10"},
		"preset not there":  {"example.com TXT v=spf1 -all", "sendgrid", Note, "add include:sendgrid.net"},
		"everybody":         {"example.com TXT v=spf1 +all" + server, "", Problem, "everybody"},
		"two records":       {"example.com TXT v=spf1 -all\nexample.com TXT v=spf1 ~all" + server, "", Problem, "2 records"},
		"too many look-ups": {"example.com TXT v=spf1" + strings.Repeat(" a", 11) + " -all\nexample.com A 192.0.2.1" + server, "", Problem, "11 look-ups"},
		"on the edge":       {"example.com TXT v=spf1" + strings.Repeat(" a", 10) + " ip4:198.51.100.7 -all\nexample.com A 192.0.2.1" + server, "", Warning, "uses all 10"},
		"missing, inside":   {"mail.example.com A 10.0.0.1", "", Problem, `"v=spf1 ip4:<the public address of your relay> ~all"`},
		"inner server":      {"example.com TXT v=spf1 -all\nmail.example.com A 10.0.0.1", "", Note, "inner address"},
	} {
		s := newSubject(t, "https://login.example.com", "")
		s.Resolver = NewResolver(testdns.NewZone(t, c.zone).Addr)
		s.Providers = []Provider{{Name: "smtp", Host: "mail.example.com", Preset: c.preset}}
		wants(t, name, s.checkSPF(t.Context()), c.want, c.seen)
	}
	for _, host := range []string{"127.0.0.1", "::1", "localhost", "192.168.1.7"} {
		s := newSubject(t, "https://login.example.com", "")
		s.Providers = []Provider{{Name: "smtp", Host: host}}
		wants(t, host, s.checkSPF(t.Context()), Problem, `"v=spf1 ip4:<the public address of your relay> ~all"`)
	}
}

func TestDKIM(t *testing.T) {
	t.Parallel()
	s := newSubject(t, "https://login.example.com", withDKIM)
	ours, err := mail.DKIMRecord(s.Config.Mail.DKIM.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		records []string
		want    Severity
		seen    string
	}{
		"ours":           {[]string{ours}, OK, "is ours"},
		"with spaces":    {[]string{strings.Replace(ours, "p=", "p= ", 1)}, OK, "is ours"},
		"missing":        {nil, Problem, `publish: s1._domainkey.example.com. IN TXT "v=DKIM1; k=ed25519`},
		"another key":    {[]string{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, Problem, "another one"},
		"revoked":        {[]string{"v=DKIM1; k=ed25519; p="}, Problem, "revoked"},
		"two":            {[]string{ours, ours + " "}, Problem, "2 TXT records"},
		"test mode":      {[]string{ours + "; t=y:s"}, Warning, "t=y"},
		"something else": {[]string{"v=spf1 -all"}, Problem, "is no DKIM record"},
	} {
		zone := ""
		for _, r := range c.records {
			zone += "s1._domainkey.example.com TXT " + r + "\n"
		}
		s.Resolver = NewResolver(testdns.NewZone(t, zone).Addr)
		wants(t, name, s.checkDKIM(t.Context()), c.want, c.seen)
	}
	none := newSubject(t, "https://login.example.com", "")
	wants(t, "not configured", none.checkDKIM(t.Context()), Note, "not signed here")
}

func TestBothFormsOfRSAKeys(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	long, err := mail.DKIMRecord(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	short := "p=" + base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	for _, record := range []string{long, short} {
		if !samePublic(tagsOf(record), key.Public()) {
			t.Errorf("%s is not found to be the same", record)
		}
	}
	if samePublic(tagsOf(strings.Replace(long, "k=rsa", "k=ed25519", 1)), key.Public()) {
		t.Error("another kind of key is the same")
	}
}

func TestDMARC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		domain, zone string
		want         Severity
		seen         string
	}{
		"good":              {"example.com", "_dmarc.example.com TXT v=DMARC1; p=reject", OK, "p=reject"},
		"watching":          {"example.com", "_dmarc.example.com TXT v=DMARC1; p=none", Note, "only watches"},
		"missing":           {"example.com", "", Warning, "publish: _dmarc.example.com."},
		"broken":            {"example.com", "_dmarc.example.com TXT v=DMARC1; p=sometimes", Problem, "cannot be read"},
		"of a domain above": {"mail.example.com", "_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine", OK, "_dmarc.example.com: p=quarantine"},
		"strict, above":     {"mail.example.com", "_dmarc.mail.example.com TXT v=DMARC1; p=reject; adkim=s", Problem, "adkim=s"},
	} {
		s := newSubject(t, "https://login.example.com", withDKIM)
		s.Config.Mail.From = "login@" + c.domain
		s.Resolver = NewResolver(testdns.NewZone(t, c.zone).Addr)
		wants(t, name, s.checkDMARC(t.Context()), c.want, c.seen)
	}
}

// A DNS server that is down says nothing about the records.
func TestSilentDNSIsNoProblemOfTheRecords(t *testing.T) {
	t.Parallel()
	s := newSubject(t, "https://login.example.com", withDKIM)
	z := testdns.NewZone(t, "")
	for _, name := range []string{"example.com", "s1._domainkey.example.com", "_dmarc.example.com"} {
		z.Refuse(name)
	}
	s.Resolver = NewResolver(z.Addr)
	for i, found := range [][]Finding{s.checkMX(t.Context()), s.checkSPF(t.Context()), s.checkDKIM(t.Context()), s.checkDMARC(t.Context())} {
		wants(t, fmt.Sprint("check ", i), found, Warning, "does not answer")
	}
}

// asked remembers the names that it is asked for.
type asked struct {
	Resolver
	names []string
}

func (a *asked) LookupTXT(_ context.Context, name string) ([]string, error) {
	a.names = append(a.names, name)
	return nil, nil
}

func (a *asked) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	a.names = append(a.names, name)
	return nil, &net.DNSError{IsNotFound: true}
}

func (a *asked) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return nil, nil }

// On a machine with a search list, a missing record of example.com must not be found
// at example.com.office.example.net.
func TestNamesAreAskedAsWritten(t *testing.T) {
	t.Parallel()
	s := newSubject(t, "https://login.example.com", withDKIM)
	a := &asked{}
	s.Resolver = a
	for _, check := range []func(context.Context) []Finding{s.checkMX, s.checkSPF, s.checkDKIM, s.checkDMARC} {
		check(t.Context())
	}
	for _, name := range a.names {
		if !strings.HasSuffix(name, "example.com.") {
			t.Errorf("asked for %s", name)
		}
	}
	if len(a.names) < 4 {
		t.Errorf("asked for %v only", a.names)
	}
}
