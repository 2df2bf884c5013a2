package doctor

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/browser"
	"idp/internal/mail"
	"idp/internal/mirror"
	"idp/internal/oidc"
	"idp/internal/storage"
	"idp/internal/testdns"
)

const publicZone = `
login.example.com A 127.0.0.1
example.com MX 10 mx.example.com
mx.example.com A 198.51.100.25
example.com TXT v=spf1 ip4:198.51.100.0/24 ~all
mail.example.com A 198.51.100.7
s1._domainkey.example.com TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
_dmarc.example.com TXT v=DMARC1; p=none
`

// newPublicSite is an https issuer behind a proxy that is not trusted, with somebody
// else's DKIM key in the DNS.
func newPublicSite(t *testing.T) *Subject {
	t.Helper()
	cert, roots := newCertificate(t, time.Now().Add(1000*time.Hour), "login.example.com", "127.0.0.1")
	routes := http.NewServeMux()
	server := httptest.NewUnstartedServer(routes)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.URL, "127.0.0.1:")
	s := newSubject(t, "https://login.example.com:"+port, withDKIM)
	routes.HandleFunc(oidc.PathOpenID, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"issuer":%q}`, s.Config.Issuer) })
	m := &mirror.Handler{Issuer: s.Config.Issuer, Keys: s.Keys, Proxies: browser.Proxies{netip.MustParsePrefix("10.9.0.0/16")}, Now: time.Now, NotFound: func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(404)
		return nil
	}}
	routes.HandleFunc(mirror.Path, func(w http.ResponseWriter, r *http.Request) {
		r.Header.Add("X-Forwarded-For", r.RemoteAddr)
		r.Header.Set("X-Forwarded-Proto", "https")
		r.RemoteAddr, r.TLS = "10.0.0.5:40000", nil
		if err := m.Show(w, r); err != nil {
			t.Error(err)
		}
	})
	s.Roots, s.Resolver = roots, NewResolver(testdns.NewZone(t, publicZone).Addr)
	s.Database = &fakeDatabase{list: []storage.Migration{{Version: 1, Applied: true}}}
	smtp := &mailServer{cert: &cert, extensions: []string{"PIPELINING", "8BITMIME", "SIZE 10000000"}}
	p := newProvider(t, smtp.listen(t), mail.StartTLS, roots, "")
	p.Host = "mail.example.com"
	s.Providers = []Provider{p}
	return s
}

var changing = regexp.MustCompile(`\d{4}-\d\d-\d\d|links in mails have \d+`)

// docs/doctor.md shows what a report looks like. This is that report.
func TestTheReportInTheDocs(t *testing.T) {
	t.Parallel()
	s := newPublicSite(t)
	var b strings.Builder
	if err := Run(t.Context(), append([]Check{Loaded(s.Config)}, s.Checks()...)).Text(&b, false); err != nil {
		t.Fatal(err)
	}
	report := regexp.MustCompile(`(login\.example\.com):\d+`).ReplaceAllString(b.String(), "$1")
	docs, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	known := changing.ReplaceAllString(string(docs), "…")
	for line := range strings.Lines(changing.ReplaceAllString(report, "…")) {
		if line = strings.TrimSpace(line); !strings.Contains(known, line) {
			t.Errorf("docs/doctor.md does not have: %s", line)
		}
	}
	if t.Failed() {
		t.Logf("the whole report:\n%s", report)
	}
}
