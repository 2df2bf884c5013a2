package browser

import (
	"bufio"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"idp/internal/magiclink"
)

// Spellings under which proxies, caches and frameworks have taken a caller's
// address from the caller itself.
var spellings = []string{
	"X-Forwarded-For", "x-forwarded-for", "X-FORWARDED-FOR", "X_Forwarded_For", "X-Forwarded_For", "X_FORWARDED_FOR", "X-Forwarded", "Forwarded-For",
	"Forwarded", "forwarded", "FORWARDED", "X-Real-IP", "X-Real-Ip", "x-real-ip", "X_Real_IP", "X-RealIP", "X-Client-IP", "X-ClientIP", "Client-IP", "Client_IP",
	"True-Client-IP", "True_Client_IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "Fastly-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For",
	"X-Original-Remote-Addr", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "Remote-Addr", "REMOTE_ADDR", "X-Azure-ClientIP", "X-Envoy-External-Address",
	"X-AppEngine-User-IP", "X-ProxyUser-Ip", "X-Host", "Via", "WL-Proxy-Client-IP",
}

var spoofs = []string{"198.51.100.77", "127.0.0.1", "for=198.51.100.77;proto=https", "10.0.0.9, 198.51.100.77", "[2001:db8:77::1]:443"}

func read(t *testing.T, peer string, lines ...string) *http.Request {
	t.Helper()
	raw := "GET /login HTTP/1.1\r\nHost: login.example.com\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = peer
	return r
}

// A caller that chooses its own address has as many budgets as it likes. The
// bucket is the peer's, or what our own proxy appended.
func TestNoHeaderChangesTheBucket(t *testing.T) {
	if len(spellings) != 40 || len(spoofs) != 5 {
		t.Fatalf("%d spellings and %d values", len(spellings), len(spoofs))
	}
	behind := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, name := range spellings {
		for _, value := range spoofs {
			header := name + ": " + value
			if got := magiclink.Network(Proxies(nil).Address(read(t, "203.0.113.9:4711", header))); got != "203.0.113.9" {
				t.Errorf("no proxy, %s: %s", header, got)
			}
			// A proxy of ours appends to what the caller sent, or adds a line.
			lines := []string{header, "X-Forwarded-For: 203.0.113.9"}
			if strings.EqualFold(name, "X-Forwarded-For") {
				lines = []string{header + ", 203.0.113.9"}
			}
			if got := magiclink.Network(behind.Address(read(t, "10.0.0.1:4711", lines...))); got != "203.0.113.9" {
				t.Errorf("behind a proxy, %q: %s", lines, got)
			}
			if got := magiclink.Network(behind.Address(read(t, "203.0.113.9:4711", lines...))); got != "203.0.113.9" {
				t.Errorf("past the proxy, %q: %s", lines, got)
			}
		}
	}
}

// One subscriber is one bucket, in all the clothes that an address can wear.
func TestBucketsOfAddresses(t *testing.T) {
	for _, same := range [][]string{
		{"192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:0DB8:0001:0002::9", "2001:db8:1:2::1%eth0"},
		{"2002:c000:201::1", "2002:c000:201:1::1", "2002:c000:201:ffff::9"}, // 6to4 of 192.0.2.1
		{"fe80::1%eth0", "fe80::1%eth1", "fe80::2"},
	} {
		want := magiclink.Network(netip.MustParseAddr(same[0]))
		for _, a := range same {
			if got := magiclink.Network(netip.MustParseAddr(a)); got != want {
				t.Errorf("%s is in %s, and %s in %s", same[0], want, a, got)
			}
		}
	}
	seen := map[string]bool{}
	addr := netip.MustParseAddr("2001:db8:1:2::1")
	for range 10_000 {
		seen[magiclink.Network(addr)] = true
		addr = addr.Next()
	}
	for _, other := range []string{"192.0.2.2", "2001:db8:1:3::1", "2002:c000:202::1"} {
		seen[magiclink.Network(netip.MustParseAddr(other))] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d buckets, want 4: %v", len(seen), seen)
	}
}
