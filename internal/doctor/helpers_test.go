package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"idp/internal/config"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdns"
)

const root = "0123456789012345678901234567890123456789012="

const settings = `
issuer: ISSUER
secret: env:IDP_SECRET
database: {url: "env:IDP_DATABASE_URL"}
mail:
  from: login@example.com
  smtp: {host: mail.example.com}
`

// newSubject makes an installation with this issuer, whose configuration ends in more.
func newSubject(t *testing.T, issuer, more string) *Subject {
	t.Helper()
	env := map[string]string{"IDP_SECRET": root, "IDP_DATABASE_URL": "sqlite:unused.db", "DKIM_KEY": dkimKey(t)}
	cfg, err := config.Parse("idp.yaml", []byte(strings.ReplaceAll(settings, "ISSUER", issuer)+more), func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.NewKeyring(secret.TokenOf(root))
	if err != nil {
		t.Fatal(err)
	}
	return &Subject{Config: cfg, Keys: keys, Database: &fakeDatabase{}, Resolver: NewResolver(testdns.NewZone(t, "").Addr), Now: time.Now, Opens: func(context.Context) error { return nil }}
}

// fakeDatabase says what it is told to; the real ones are asked by the tests of the
// command.
type fakeDatabase struct {
	err     error
	list    []storage.Migration
	listErr error
	ahead   time.Duration
	order   storage.TextOrder
	noOrder error
	schema  storage.Schema
}

func (d *fakeDatabase) Ping(context.Context) error                     { return d.err }
func (d *fakeDatabase) Schema(context.Context) (storage.Schema, error) { return d.schema, nil }
func (d *fakeDatabase) Migrations(context.Context) ([]storage.Migration, error) {
	return d.list, d.listErr
}
func (d *fakeDatabase) Clock(context.Context) (time.Time, error) {
	return time.Now().Add(d.ahead), d.err
}
func (d *fakeDatabase) TextOrder(context.Context) (storage.TextOrder, error) {
	return d.order, d.noOrder
}

// worst is the finding that matters most.
func worst(found []Finding) Finding {
	order := map[Severity]int{OK: 0, Note: 1, Warning: 2, Problem: 3}
	most := found[0]
	for _, f := range found[1:] {
		if order[f.Severity] > order[most.Severity] {
			most = f
		}
	}
	return most
}

// wants checks the worst finding, and that whoever has to do something hears what.
func wants(t *testing.T, name string, found []Finding, severity Severity, seen string) {
	t.Helper()
	w := worst(found)
	if w.Severity != severity || !strings.Contains(w.Seen+" | "+w.Fix, seen) {
		t.Errorf("%s: %s %q (%s), want %s with %q", name, w.Severity, w.Seen, w.Fix, severity, seen)
	}
	for _, f := range found {
		if f.Fix == "" && (f.Severity == Warning || f.Severity == Problem) {
			t.Errorf("%s: nothing is said about what to do: %q", name, f.Seen)
		}
	}
}

// newCertificate makes one for names and addresses, and who vouches for it.
func newCertificate(t *testing.T, ends time.Time, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: ends.Add(-3000 * time.Hour), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		template.DNSNames = append(template.DNSNames, n)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
