package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

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

// plainHost wants the host of a client's address as the DNS knows it: people see it,
// and are to tell it from another, and browsers are sent to it as it stands there.
func (v *validator) plainHost(path string, u *url.URL) bool {
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		v.fail(path, "must name its host in ASCII, as the DNS knows it: a name in other letters begins with xn--")
		return false
	}
	return true
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
