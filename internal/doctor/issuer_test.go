package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"idp/internal/storage"
	"idp/internal/testdns"
)

func TestIssuerAndLinks(t *testing.T) {
	t.Parallel()
	for issuer, c := range map[string]struct{ issuer, link, cookies Severity }{
		"https://login.example.com":                              {OK, OK, OK},
		"http://127.0.0.1:8080":                                  {Note, OK, Note},
		"https://" + strings.Repeat("a", 33):                     {OK, OK, OK},
		"https://" + strings.Repeat("a", 34):                     {OK, Warning, OK},
		"https://sign-in.applications.and-more.long.example.com": {OK, Warning, OK},
	} {
		s := newSubject(t, issuer, "")
		wants(t, issuer, s.checkIssuer(t.Context()), c.issuer, "")
		wants(t, issuer+" links", s.checkLinkLength(t.Context()), c.link, "")
		wants(t, issuer+" cookies", s.checkCookies(t.Context()), c.cookies, "")
	}
}

func TestIssuerName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone string
		want Severity
		seen string
	}{
		"there":   {"login.example.com A 198.51.100.1", OK, "198.51.100.1"},
		"inside":  {"login.example.com A 10.1.2.3", Note, "10.1.2.3"},
		"missing": {"", Problem, "publish an A or AAAA"},
	} {
		s := newSubject(t, "https://login.example.com", "")
		s.Resolver = NewResolver(testdns.NewZone(t, c.zone).Addr)
		wants(t, name, s.checkIssuerName(t.Context()), c.want, c.seen)
	}
	own := newSubject(t, "https://login.localhost", "")
	wants(t, "this machine", own.checkIssuerName(t.Context()), OK, "needs no DNS")
	z := testdns.NewZone(t, "")
	z.Refuse("login.example.com")
	s := newSubject(t, "https://login.example.com", "")
	s.Resolver = NewResolver(z.Addr)
	wants(t, "silent", s.checkIssuerName(t.Context()), Problem, "does not answer")
}

// newIssuer serves what a server at the issuer could answer.
func newIssuer(t *testing.T, answer func(w http.ResponseWriter, self string)) *Subject {
	t.Helper()
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, s.URL) }))
	t.Cleanup(s.Close)
	return newSubject(t, s.URL, "")
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, self string)
		want   Severity
		seen   string
	}{
		"good":        {func(w http.ResponseWriter, self string) { fmt.Fprintf(w, `{"issuer":%q}`, self) }, OK, "itself"},
		"with slash":  {func(w http.ResponseWriter, self string) { fmt.Fprintf(w, `{"issuer":%q}`, self+"/") }, Problem, "character by character"},
		"no JSON":     {func(w http.ResponseWriter, _ string) { fmt.Fprint(w, "<h1>hello</h1>") }, Problem, "no JSON"},
		"other host":  {func(w http.ResponseWriter, _ string) { w.WriteHeader(421) }, Problem, "Host"},
		"redirect":    {func(w http.ResponseWriter, _ string) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, Problem, "redirect"},
		"bad gateway": {func(w http.ResponseWriter, _ string) { w.WriteHeader(502) }, Problem, "no server behind it"},
		"not found":   {func(w http.ResponseWriter, _ string) { w.WriteHeader(404) }, Problem, "answers 404"},
	} {
		wants(t, name, newIssuer(t, c.answer).checkAnswer(t.Context()), c.want, c.seen)
	}
	wants(t, "nobody", newSubject(t, "http://127.0.0.1:1", "").checkAnswer(t.Context()), Problem, "nobody answers")
}

func TestClocks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server, database time.Duration
		want             Severity
		seen             string
	}{
		"agree":               {0, 0, OK, "agrees"},
		"a little":            {20 * time.Second, -20 * time.Second, OK, "agrees"},
		"server ahead":        {time.Minute, 0, Warning, "ahead of"},
		"server behind":       {-time.Minute, 0, Warning, "behind"},
		"server far away":     {time.Hour, 0, Problem, "the server's clock is"},
		"database far behind": {0, -time.Hour, Problem, "the database's clock is"},
	} {
		s := newIssuer(t, func(w http.ResponseWriter, _ string) {
			w.Header().Set("Date", time.Now().Add(c.server).UTC().Format(http.TimeFormat))
		})
		s.Database = &fakeDatabase{ahead: c.database}
		wants(t, name, s.checkClock(t.Context()), c.want, c.seen)
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	s := newSubject(t, "https://login.example.com", "")
	for name, c := range map[string]struct {
		database fakeDatabase
		want     Severity
		seen     string
	}{
		"current":       {fakeDatabase{list: []storage.Migration{{Version: 1, Name: "00001_house.sql", Applied: true}}}, OK, "current"},
		"pending":       {fakeDatabase{list: []storage.Migration{{Version: 1, Name: "00001_house.sql"}}}, Problem, "00001_house.sql"},
		"away":          {fakeDatabase{err: errors.New("refused")}, Problem, "does not answer"},
		"newer":         {fakeDatabase{schema: storage.Schema{Have: 99, Newest: 16}}, Problem, "start the newer release"},
		"newer, beside": {fakeDatabase{schema: storage.Schema{Have: 17, Newest: 16, Beside: true}}, OK, "current"},
		"foreign order": {fakeDatabase{order: storage.TextOrder{Locale: "de_DE.UTF-8"}}, Note, "REINDEX"},
		"order changed": {fakeDatabase{order: storage.TextOrder{Locale: "de_DE.UTF-8", Changed: true}}, Problem, "since the indexes were built"},
		"old server":    {fakeDatabase{noOrder: errors.New("no")}, Note, "version 15"},
		"unreadable":    {fakeDatabase{listErr: errors.New("no")}, Problem, "migrate up"},
	} {
		s.Database = &c.database
		wants(t, name, s.checkDatabase(t.Context()), c.want, c.seen)
	}
	s.Database, s.Opens = &fakeDatabase{}, func(context.Context) error { return errors.New("signing key x cannot be opened") }
	wants(t, "another root secret", s.checkDatabase(t.Context()), Problem, "previous_secret")
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ends    time.Duration
		host    string
		trusted bool
		want    Severity
		seen    string
	}{
		"good":            {2000 * time.Hour, "127.0.0.1", true, OK, "TLS 1.3"},
		"below localhost": {2000 * time.Hour, "login.localhost", true, OK, "TLS 1.3"},
		"ends soon":       {50 * time.Hour, "127.0.0.1", true, Warning, "ends on"},
		"ended":           {-time.Hour, "127.0.0.1", true, Problem, "it ended on"},
		"other host":      {2000 * time.Hour, "other.example.com", true, Problem, "not for 127.0.0.1"},
		"not trusted":     {2000 * time.Hour, "127.0.0.1", false, Problem, "http.trusted_cas"},
	} {
		cert, roots := newCertificate(t, time.Now().Add(c.ends), c.host)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		s := newSubject(t, server.URL, "")
		if name == "below localhost" {
			s.Config.IssuerURL.Host = "login.localhost:" + s.Config.IssuerURL.Port()
		}
		if s.Roots = roots; !c.trusted {
			s.Roots = x509.NewCertPool()
		}
		wants(t, name, s.checkCertificate(t.Context()), c.want, c.seen)
		if !c.trusted {
			wants(t, name+", asked", s.checkAnswer(t.Context()), c.want, c.seen)
		}
	}
}
