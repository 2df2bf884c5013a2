package clientdocs_test

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/clientdocs"
	"idp/internal/outbound"
)

// names is the DNS of this test binary: what is not listed does not exist.
var names struct {
	sync.Mutex
	addrs map[string]netip.Addr
	asked map[string]int
}

// rebinds makes a name lead to an innocent address once, and inside ever after.
const rebinds = "rebind.example."

// TestMain answers every name from the table, by real packets on loopback.
func TestMain(m *testing.M) {
	names.addrs, names.asked = map[string]netip.Addr{}, map[string]int{}
	dns, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serveDNS(dns)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", dns.LocalAddr().String())
	}}
	code := m.Run()
	_ = dns.Close()
	os.Exit(code)
}

// serveDNS speaks just enough of RFC 1035: one question, at most one answer.
func serveDNS(c net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		q := buf[12:n]
		var labels []string
		for q[0] != 0 {
			labels = append(labels, string(q[1:1+q[0]]))
			q = q[1+q[0]:]
		}
		kind := binary.BigEndian.Uint16(q[1:])
		question := buf[12 : n-len(q)+5]
		addr, known := look(strings.ToLower(strings.Join(labels, ".") + "."))
		answer := append([]byte{buf[0], buf[1], 0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
		switch {
		case !known:
			answer[3] |= 3 // NXDOMAIN
		case kind == 1 && addr.Is4(), kind == 28 && addr.Is6():
			raw := addr.AsSlice()
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
			answer = append(answer, raw...)
		}
		_, _ = c.WriteTo(answer, from)
	}
}

func look(name string) (netip.Addr, bool) {
	names.Lock()
	defer names.Unlock()
	a, ok := names.addrs[name]
	if names.asked[name]++; name == rebinds && names.asked[name] > 2 {
		a = netip.MustParseAddr("127.0.0.1") // one question for each family was innocent
	}
	return a, ok
}

func leads(name, addr string) {
	names.Lock()
	defer names.Unlock()
	names.addrs[name+"."] = netip.MustParseAddr(addr)
}

// sentinel is a server on loopback that counts who gets through to it.
type sentinel struct {
	*httptest.Server
	host        string
	patience    time.Duration // for one document
	connections atomic.Int64
	requests    atomic.Int64
}

func newSentinel(t *testing.T, h http.HandlerFunc) *sentinel {
	t.Helper()
	s := &sentinel{patience: 30 * time.Second}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.requests.Add(1); h(w, r) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	s.host = strings.TrimPrefix(s.URL, "https://")
	return s
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// documents reads from the sentinel, if open, or from the public internet alone.
// Every host is allowed; clock is the time.
func (s *sentinel) documents(open bool, clock *atomic.Int64) *clientdocs.Documents {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	o := outbound.Options{RootCAs: roots, Timeout: s.patience, MaxBody: clientdocs.MaxBody}
	if open {
		o.Networks = loopback
	}
	return clientdocs.New(clientdocs.Config{
		Allow: []string{"*", "*:" + s.URL[strings.LastIndex(s.URL, ":")+1:], s.host}, Scopes: []string{"openid"}, Out: outbound.New(o),
		Now: func() time.Time { return time.Unix(1_800_000_000+clock.Load(), 0) },
	})
}
