package outbound

import (
	"net/netip"
	"slices"
)

// reserved are the networks inside IPv4's unicast range, and inside 2000::/3,
// that are not the public internet (RFC 6890, and the registries it began).
var reserved = parse(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	global6 = netip.MustParsePrefix("2000::/3")     // all that IANA gave out
	nat64   = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: the last 32 bits are an IPv4 address
)

func parse(texts ...string) (out []netip.Prefix) {
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// Public reports whether addr is on the public internet. An IPv4 address inside
// an IPv6 one (mapped, NAT64) counts as itself.
func Public(addr netip.Addr) bool {
	addr = plain(addr)
	if !addr.IsValid() || addr.Is6() && !global6.Contains(addr) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Allowed reports whether a Client that may reach networks connects to addr.
func Allowed(addr netip.Addr, networks []netip.Prefix) bool {
	addr = plain(addr)
	return Public(addr) || slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// plain is addr without its zone, and without the IPv6 around an IPv4 address.
func plain(addr netip.Addr) netip.Addr {
	addr = addr.WithZone("").Unmap()
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr
}
