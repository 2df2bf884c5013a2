package console_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

const adminHost = "idp-admin.example.com"

// newGuardedWorld is a console that every address may reach, by https, and that wants
// a certificate of the authority.
func newGuardedWorld(t *testing.T, ca *authority) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cert, key, callers := ca.server(adminHost)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	at := "https://" + adminHost + ":" + port
	p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Settings("\nadmin:\n  listen: '0.0.0.0:"+port+"'\n  url: "+at+"\n  hosts: ["+adminHost+"]\n  group: admins\n"+
		"  tls: {cert_file: "+cert+", key_file: "+key+", client_ca_file: "+callers+"}\n"),
		apptest.Configure(func(c *config.Config) { c.Groups["admins"] = config.Members{Emails: []string{root}} }))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.App.Admin.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &world{Provider: p, url: at, t: t}
}

// showing reaches the console from a machine that shows these certificates.
func (w *world) showing(ca *authority, shown ...tls.Certificate) *world {
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	wire := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: shown},
		DialContext: func(ctx context.Context, network, at string) (net.Conn, error) { // as its DNS would say
			return (&net.Dialer{}).DialContext(ctx, network, strings.Replace(at, adminHost, "127.0.0.1", 1))
		},
	}
	w.t.Cleanup(wire.CloseIdleConnections)
	out := *w
	out.wire = wire
	return &out
}

// An administrator with a certificate signs in to a console on a network, and keeps
// somebody out.
func TestAdministratingWithACertificate(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "ours")
	w := newGuardedWorld(t, ca).showing(ca, ca.caller(x509.ExtKeyUsageClientAuth, time.Hour))
	ada := w.user("ada@example.com")
	a := w.admin()
	if p := a.signIn(root); p.status != http.StatusSeeOther || p.location != "/" {
		t.Fatalf("%+v", p)
	}
	if p := a.get("/"); p.status != http.StatusOK || p.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", p.status, p.header)
	}
	at, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	if all := a.http.Jar.Cookies(at); len(all) != 1 || all[0].Name != "__Host-console" {
		t.Errorf("the cookies are %v", all)
	}
	if p := a.get("/users/" + ada + "/disable"); p.status != http.StatusOK {
		t.Errorf("%d", p.status)
	}
	if p := a.post("/users/" + ada + "/disable"); p.status != http.StatusSeeOther {
		t.Errorf("%+v", p)
	}
	if u, err := w.App.Store.Account(t.Context(), ada); err != nil || u.DisabledAt.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
	// A certificate opens the listener, and nothing behind it.
	if p := w.admin().get("/users"); p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, "/sign-in?") {
		t.Errorf("%+v", p)
	}
}

// Threat: a stranger who reaches the listener, even one with the cookie or a token of
// an administrator. There is no answer at all without a certificate of the authority.
func TestNobodyWithoutACertificate(t *testing.T) {
	t.Parallel()
	ca, other, liar := newAuthority(t, "ours"), newAuthority(t, "theirs"), newAuthority(t, "ours")
	w := newGuardedWorld(t, ca)
	good := w.showing(ca, ca.caller(x509.ExtKeyUsageClientAuth, time.Hour)).admin()
	good.signIn(root)
	for name, c := range map[string]struct {
		shown []tls.Certificate
		alert string
	}{
		"none":              {nil, "certificate required"},
		"another authority": {[]tls.Certificate{other.caller(x509.ExtKeyUsageClientAuth, time.Hour)}, "certificate required"}, // it is not even sent
		"one that is over":  {[]tls.Certificate{ca.caller(x509.ExtKeyUsageClientAuth, -time.Minute)}, "expired certificate"},
		"one for servers":   {[]tls.Certificate{ca.caller(x509.ExtKeyUsageServerAuth, time.Hour)}, "bad certificate"},
		"one that lies":     {[]tls.Certificate{liar.caller(x509.ExtKeyUsageClientAuth, time.Hour)}, "unknown certificate authority"},
	} {
		world := w.showing(ca, c.shown...)
		if said := world.alert(); !strings.Contains(said, c.alert) {
			t.Errorf("%s: the listener says %q", name, said)
		}
		stranger := world.admin()
		stranger.http.Jar = good.http.Jar // with all that the administrator has
		for _, path := range []string{"/", "/users", "/healthz", "/metrics", "/static/app.css"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := stranger.http.Do(r); err == nil {
				resp.Body.Close()
				t.Errorf("%s, %s: %s", name, path, resp.Status)
			}
		}
	}
	if p := good.get("/"); p.status != http.StatusOK {
		t.Errorf("%d", p.status)
	}
}

// alert is what the listener says to somebody who connects and listens.
func (w *world) alert() string {
	w.t.Helper()
	wire := w.wire.(*http.Transport)
	conn, err := wire.DialContext(w.t.Context(), "tcp", strings.TrimPrefix(w.url, "https://"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	config := wire.TLSClientConfig.Clone()
	config.ServerName = adminHost
	_, err = tls.Client(conn, config).Read(make([]byte, 1))
	return fmt.Sprint(err)
}
