package browser

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"idp/internal/magiclink"

	"idp/internal/secret"
)

// Everything left of the last untrusted hop was written by the caller; if it
// counted, one attacker would have any number of limits.
func TestForwardedAddresses(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.2.3.4", "198.51.100.1"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "::ffff:198.51.100.1", "198.51.100.1"},
		{"[fe80::1%eth0]:1", "", "fe80::1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.Address(r).String(); got != c.want {
			t.Errorf("peer %s, forwarded %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func TestIPv6CountsByItsNetwork(t *testing.T) {
	a, b := netip.MustParseAddr("2001:db8:1:2::1"), netip.MustParseAddr("2001:db8:1:2:ffff::9")
	if magiclink.Network(a) != magiclink.Network(b) || magiclink.Network(a) == magiclink.Network(netip.MustParseAddr("2001:db8:1:3::1")) {
		t.Fatal("IPv6 addresses are not grouped by /64")
	}
	if magiclink.Network(netip.MustParseAddr("192.0.2.1")) == magiclink.Network(netip.MustParseAddr("192.0.2.2")) {
		t.Fatal("two IPv4 addresses share a budget")
	}
}

func TestCookieShape(t *testing.T) {
	c := NewCookies(false)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	h := c.EnsureBrowser(w, r)
	set := w.Header().Get("Set-Cookie")
	for _, want := range []string{"__Host-lb=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(set, want) {
			t.Errorf("cookie %q lacks %s", set, want)
		}
	}
	r.AddCookie(w.Result().Cookies()[0])
	if c.Browser(r) != h || h == "" {
		t.Fatal("the cookie does not come back")
	}
	again := httptest.NewRecorder()
	if c.EnsureBrowser(again, r) != h || again.Header().Get("Set-Cookie") != "" {
		t.Fatal("an existing cookie was replaced")
	}
}

// A host next door can add a cookie of the same name, not remove ours.
func TestCookieGivenTwiceCountsAsNone(t *testing.T) {
	c := NewCookies(false)
	r := httptest.NewRequest("GET", "/", nil)
	for range 2 {
		r.AddCookie(&http.Cookie{Name: "__Host-sid", Value: secret.NewToken().Reveal()})
	}
	if c.Session(r) != "" {
		t.Fatal("one of two session cookies was chosen")
	}
}

func TestDevice(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                   "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"": "A browser",
	} {
		if got := Device(ua); got != want {
			t.Errorf("%q: %q, want %q", ua, got, want)
		}
	}
}
