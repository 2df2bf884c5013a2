package outbound_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/outbound"
	"idp/internal/testdns"
)

func TestMain(m *testing.M) { os.Exit(testdns.Main(m)) }

// counter is a server at one address that counts its connections.
type counter struct {
	*httptest.Server
	connections atomic.Int64
}

func newCounter(t *testing.T, addr string) (*counter, error) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &counter{}
	c.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(hello), ReadHeaderTimeout: time.Minute}}
	c.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			c.connections.Add(1)
		}
	}
	c.StartTLS()
	t.Cleanup(c.Close)
	return c, nil
}

// pair are two servers at one port: 127.0.0.2 stands for the internet, which the
// client may reach, and 127.0.0.1 for what is inside.
func pair(t *testing.T) (outside, inside *counter, port string) {
	t.Helper()
	for range 20 { // the port may be taken at the other address
		outside, err := newCounter(t, "127.0.0.2:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ = net.SplitHostPort(outside.Listener.Addr().String())
		if inside, err = newCounter(t, "127.0.0.1:"+port); err == nil {
			return outside, inside, port
		}
	}
	t.Fatal("no port is free at both addresses")
	return nil, nil, ""
}

// A name that led outside when somebody looked, and leads inside afterwards, is
// connected to at the address that was looked at, or not at all.
func TestNamesThatLeadElsewhereTheNextTime(t *testing.T) {
	t.Parallel()
	outside, inside, port := pair(t)
	roots := outside.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	testdns.Leads("example.com", "127.0.0.2", "127.0.0.1")                          // the certificate's name
	testdns.Leads("both.example.com", "127.0.0.1 127.0.0.2", "127.0.0.2 127.0.0.1") // one answer, two addresses
	for _, host := range []string{"example.com", "both.example.com"} {
		for i := range 6 {
			c := outbound.New(outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}, RootCAs: roots, Timeout: 5 * time.Second, MaxBody: 100})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+":"+port+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			a, err := c.Do(req)
			if reached := err == nil && a.Status == 200; reached != (host != "example.com" || i == 0) {
				t.Errorf("%s, call %d: reached is %v: %v", host, i, reached, err)
			}
			// The same client again: whatever it kept open leads where it led.
			_, _ = c.Do(req.Clone(t.Context()))
		}
	}
	if n := inside.connections.Load(); n != 0 {
		t.Errorf("%d connections inside", n)
	}
	if outside.connections.Load() == 0 {
		t.Error("no connection outside: the test proves nothing")
	}
}

// insides are hosts that lead to this machine or a network of its own.
var insides = []string{
	"127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0", "0.0.0.0", "00.0.0.0",
	"localhost", "LOCALHOST", "localhost.", "sub.localhost", "localhost.localdomain", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::1]", "[::1%25lo]", "[::ffff:127.0.0.1]",
	"[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]",
	"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1",
	"inside.example", "inside6.example", "mapped.example", "metadata.example", "mixed.example",
}

// However an address is spelt, nothing arrives here.
func TestNoSpellingLeadsHere(t *testing.T) {
	t.Parallel()
	sentinel, err := newCounter(t, ":0") // every address of this machine
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(sentinel.Listener.Addr().String())
	testdns.Leads("inside.example", "127.0.0.1")
	testdns.Leads("inside6.example", "::1")
	testdns.Leads("mapped.example", "::ffff:127.0.0.1")
	testdns.Leads("metadata.example", "169.254.169.254")
	testdns.Leads("mixed.example", "127.0.0.1 ::1 10.0.0.1 fe80::1")
	c := outbound.New(outbound.Options{RootCAs: sentinel.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, Timeout: 5 * time.Second, MaxBody: 100})
	tried := 0
	for _, host := range insides {
		for _, form := range []string{"https://%s:%s/", "http://%s:%s/", "https://example.org@%s:%s/", "HTTPS://%s:%s", "https://%s:%s/?q#f"} {
			address := fmt.Sprintf(form, host, port)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			if err != nil {
				continue // no address at all
			}
			tried++
			if a, err := c.Do(req); err == nil {
				t.Errorf("%s is answered with %d", address, a.Status)
			}
		}
	}
	if n := sentinel.connections.Load(); n != 0 {
		t.Errorf("%d connections to this machine for %d addresses", n, tried)
	}
	if tried < 120 {
		t.Errorf("the corpus has only %d addresses", tried)
	}
	plain, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = plain.Close()
	if sentinel.connections.Load() == 0 {
		t.Error("the sentinel sees nothing: the test proves nothing")
	}
}
