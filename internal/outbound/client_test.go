package outbound_test

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/outbound"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// sentinel is a server that must, or must not, be reached.
type sentinel struct {
	*httptest.Server
	connections atomic.Int64
	requests    atomic.Int64
}

func newSentinel(t *testing.T, secure bool, h http.HandlerFunc) *sentinel {
	t.Helper()
	s := &sentinel{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.requests.Add(1); h(w, r) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// trusting are the certificate authorities of a test server, by way of a file.
func trusting(t *testing.T, s *sentinel) outbound.Options {
	t.Helper()
	o := outbound.Options{Networks: loopback, Timeout: 5 * time.Second, MaxBody: 1000}
	if s.Certificate() == nil {
		return o
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.RootCAs, err = outbound.Roots([]string{file}); err != nil {
		t.Fatal(err)
	}
	return o
}

func get(t *testing.T, o outbound.Options, url string) (*outbound.Answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return outbound.New(o).Do(req)
}

func hello(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }

func TestTrustedServer(t *testing.T) {
	t.Parallel()
	s := newSentinel(t, true, hello)
	a, err := get(t, trusting(t, s), s.URL)
	if err != nil || a.Status != 200 || string(a.Body) != "hello" {
		t.Fatal(a, err)
	}
	o := trusting(t, s)
	o.RootCAs = nil
	if _, err := get(t, o, s.URL); err == nil {
		t.Error("a certificate that nobody vouches for was accepted")
	}
}

func TestRootsAreRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, empty + ".missing"} {
		if _, err := outbound.Roots([]string{file}); err == nil {
			t.Errorf("%s passed", file)
		}
	}
	if roots, err := outbound.Roots(nil); roots != nil || err != nil {
		t.Error(roots, err)
	}
}

// Whatever spelling leads to this machine, nothing arrives there unless the
// configuration opens it.
func TestThisMachineIsClosed(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		s := newSentinel(t, secure, hello)
		scheme, port := strings.Split(s.URL, ":")[0], s.URL[strings.LastIndex(s.URL, ":")+1:]
		o := trusting(t, s)
		o.Networks = nil
		for _, host := range []string{
			"127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[0:0:0:0:0:0:0:1]",
			"LOCALHOST", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
		} {
			if a, err := get(t, o, scheme+"://"+host+":"+port+"/"); err == nil {
				t.Errorf("%s: %d", host, a.Status)
			}
		}
		if n := s.connections.Load(); n != 0 {
			t.Errorf("%d connections", n)
		}
	}
}

func TestForbiddenRequestsDoNotLeave(t *testing.T) {
	t.Parallel()
	s := newSentinel(t, false, hello)
	host := strings.TrimPrefix(s.URL, "http://")
	all := outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, Timeout: time.Second, MaxBody: 10}
	other := outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Timeout: time.Second, MaxBody: 10}
	for what, c := range map[string]struct {
		o   outbound.Options
		url string
	}{
		"http to another machine": {all, "http://example.com/"},
		"http to a network":       {all, "http://10.0.0.1/"},
		"http, loopback closed":   {other, s.URL},
		"user name":               {all, "https://a:b@" + host + "/"},
		"no host":                 {all, "https:///x"},
		"another scheme":          {all, "file:///etc/passwd"},
		"gopher":                  {all, "gopher://" + host + "/"},
	} {
		if _, err := get(t, c.o, c.url); !errors.Is(err, outbound.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	if a, err := get(t, all, s.URL); err != nil || a.Status != 200 {
		t.Errorf("http to this machine, opened: %v, %v", a, err)
	}
}

// A public address that redirects inside is the oldest trick.
func TestRedirectsAreAnswers(t *testing.T) {
	t.Parallel()
	inside := newSentinel(t, false, hello)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := newSentinel(t, false, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, status) })
		if a, err := get(t, trusting(t, s), s.URL); err != nil || a.Status != status {
			t.Errorf("%d: %v, %v", status, a, err)
		}
	}
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func TestProxiesOfTheEnvironmentAreNotAsked(t *testing.T) {
	proxy := newSentinel(t, false, hello)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	o := outbound.Options{Timeout: 2 * time.Second, MaxBody: 10, Networks: loopback}
	_, _ = get(t, o, "https://name.invalid/")
	if n := proxy.connections.Load(); n != 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.Write([]byte("x"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}
	for what, c := range map[string]struct {
		h      http.HandlerFunc
		tooBig bool
	}{
		"a body that never ends":  {drip, false},
		"no answer":               {silent, false},
		"a large body":            {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1001)) }, true},
		"a large body, of zeroes": {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 10<<20)) }, true},
		"large headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 64<<10))
		}, false},
	} {
		s := newSentinel(t, false, c.h)
		o := trusting(t, s)
		o.Timeout = 300 * time.Millisecond
		began := time.Now()
		if _, err := get(t, o, s.URL); err == nil || errors.Is(err, outbound.ErrTooLarge) != c.tooBig {
			t.Errorf("%s: %v", what, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s took %s", what, took)
		}
	}
	s := newSentinel(t, false, func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1000)) })
	if a, err := get(t, trusting(t, s), s.URL); err != nil || len(a.Body) != 1000 {
		t.Errorf("a body of the largest size: %v", err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	s := &sentinel{Server: httptest.NewUnstartedServer(http.HandlerFunc(hello))}
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.StartTLS()
	t.Cleanup(s.Close)
	if a, err := get(t, trusting(t, s), s.URL); err == nil {
		t.Errorf("TLS 1.1 gave %d", a.Status)
	}
}
