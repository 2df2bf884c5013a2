package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"

	"idp/internal/pattern"
)

var hostShape = pattern.Lazy(`^[\pL\pN]([\pL\pN\pM._-]*[\pL\pN\pM])?\.?$`)

// isHost reports whether a text can be a host: a name, or an IP address without
// brackets.
func isHost(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil || hostShape().MatchString(text)
}

// hasHost reports whether an address leads to a host and a port that there can be.
// What net/url takes for one may be a variable that nobody expanded.
func hasHost(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		return isHost(u.Hostname())
	}
	n, err := strconv.Atoi(port)
	return isHost(u.Hostname()) && err == nil && n > 0 && n <= 65535
}

func (v *validator) checkListen() {
	_, port, err := net.SplitHostPort(v.config.Listen)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		v.fail("listen", "must be an address and a port, such as 127.0.0.1:8080 or :8080")
	}
}
