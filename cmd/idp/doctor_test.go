package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/doctor"
	"idp/internal/testdb"
	"idp/internal/testdns"
)

// proxyAddress is where the proxies of these tests call the server from.
const proxyAddress = "127.0.0.9"

// newProxy passes requests at an address on to a server, and does to their headers
// what change does.
func newProxy(t *testing.T, listen, to string, change func(in, out *http.Request)) {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(proxyAddress)}}
	p := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: &httputil.ReverseProxy{
		Transport: &http.Transport{DialContext: dialer.DialContext}, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", to, r.In.Host
			change(r.In, r.Out)
		},
	}}
	done := make(chan struct{})
	go func() { defer close(done); _ = p.Serve(l) }()
	t.Cleanup(func() { p.Close(); <-done })
}

// examine runs idp doctor and returns its report and exit code.
func (s *site) examine(args ...string) (*doctor.Report, int) {
	s.t.Helper()
	env := map[string]string{"IDP_SECRET": apptest.RootSecret, "IDP_DATABASE_URL": s.database, "WEB_SECRET": apptest.Web.Secret}
	var out, errs bytes.Buffer
	code := run(s.t.Context(), append([]string{"doctor", "--json"}, args...), envOf(&out, &errs, env))
	var r doctor.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		s.t.Fatalf("%v\n%s%s", err, out.Bytes(), errs.Bytes())
	}
	if all := out.String() + errs.String(); strings.Contains(all, apptest.RootSecret) || strings.Contains(all, apptest.Web.Secret) {
		s.t.Errorf("a secret is shown: %s", all)
	}
	return &r, code
}

func envOf(out, errs io.Writer, vars map[string]string) env {
	return env{in: strings.NewReader(""), out: out, err: errs, getenv: func(name string) string { return vars[name] }}
}

// of are the findings of one check.
func of(r *doctor.Report, check string) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Check == check {
			fmt.Fprintf(&b, "%s: %s (%s)\n", f.Severity, f.Seen, f.Fix)
		}
	}
	return b.String()
}

// Whether a proxy can be trusted is seen only from both of its sides: here are a real
// server, and proxies that are set up as people set them up.
func TestDoctorSeesProxies(t *testing.T) {
	appended := func(in, out *http.Request) {
		out.Header["X-Forwarded-For"] = append(in.Header["X-Forwarded-For"], host(in.RemoteAddr))
	}
	untouched := func(in, out *http.Request) {
		for _, name := range []string{"X-Forwarded-For", "Forwarded"} {
			if v := in.Header[name]; v != nil {
				out.Header[name] = v
			}
		}
	}
	for _, c := range []struct {
		name, trusted string
		change        func(in, out *http.Request)
		want          string
	}{
		{"appends", proxyAddress, appended, "ok: the proxy at 127.0.0.9 is trusted, the server sees 127.0.0.1"},
		{"replaces", proxyAddress, func(in, out *http.Request) { out.Header.Set("X-Forwarded-For", host(in.RemoteAddr)) }, "ok: the proxy at 127.0.0.9 is trusted"},
		{"lets callers write", proxyAddress, untouched, "problem: an address that a caller writes into X-Forwarded-For is believed"},
		{"says nothing", proxyAddress, func(_, _ *http.Request) {}, "problem: the proxy at 127.0.0.9 does not tell the caller's address"},
		{"is not trusted", "10.0.0.1", appended, "add 127.0.0.9 to http.trusted_proxies"},
		{"with a trusted doctor", "127.0.0.0/8", appended, "note: the doctor's own address 127.0.0.1 counts as a proxy"},
		{"another host", proxyAddress, func(in, out *http.Request) { appended(in, out); out.Host = "backend" }, "warning: the server does not show"},
		{"takes headers away", proxyAddress, func(in, out *http.Request) { appended(in, out); out.Header.Del("Idp-Doctor") }, "warning: the server does not show"},
		{"says Forwarded only", proxyAddress, func(in, out *http.Request) { out.Header.Set("Forwarded", "for="+host(in.RemoteAddr)) }, "tells the caller's address in Forwarded only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			front, back := fmt.Sprintf("127.0.0.1:%d", freePort(t)), fmt.Sprintf("127.0.0.1:%d", freePort(t))
			s := newSite(t, testdb.URL(t, "sqlite"), "http://"+front)
			s.proxies = c.trusted
			s.start(back)
			newProxy(t, front, back, c.change)
			zone := testdns.NewZone(t, "")
			r, code := s.examine("--config", s.configFile(back), "--dns", zone.Addr)
			if got := of(r, "proxy"); !strings.Contains(got, c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if c.name == "another host" && !strings.Contains(of(r, "issuer answers"), "Host") {
				t.Errorf("the lost host is not found: %s", of(r, "issuer answers"))
			}
			if code != exitFailed {
				t.Errorf("exit code %d, without any DNS records", code)
			}
		})
	}
}

func host(address string) string {
	h, _, _ := net.SplitHostPort(address)
	return h
}

const healthy = `
idp.example.com MX 10 mx.example.com
idp.example.com TXT v=spf1 ip4:192.0.2.1 -all
mx.example.com A 192.0.2.1
_dmarc.example.com TXT v=DMARC1; p=reject
`

// A whole round: nothing is wrong, a test mail goes out, arrives, and is compared.
func TestDoctorOnAHealthySite(t *testing.T) {
	front := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := newSite(t, testdb.URL(t, "sqlite"), "http://"+front)
	s.proxies = "10.0.0.1"
	s.mailUp()
	s.start(front)
	zone := testdns.NewZone(t, healthy)
	file := s.configFile(front)
	r, code := s.examine("--config", file, "--dns", zone.Addr, "--to", "ada@example.net")
	if code != 0 || r.Count[doctor.Problem] > 0 || !strings.Contains(of(r, "proxy"), "ok: no proxy in between") {
		t.Fatalf("exit code %d: %+v", code, r.Findings)
	}
	mails, total := s.mails.Find("", 0, 10)
	if total != 1 {
		t.Fatalf("%d mails", total)
	}
	saved := filepath.Join(t.TempDir(), "mail.eml")
	if err := os.WriteFile(saved, mails[0].Raw, 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ = s.examine("--config", file, "--dns", zone.Addr, "--received", saved)
	if !strings.Contains(of(r, "received links"), "ok: the link in the text") || !strings.Contains(of(r, "received signature"), "not signed") {
		t.Errorf("%+v", r.Findings)
	}
}
