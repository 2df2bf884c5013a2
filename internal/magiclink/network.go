package magiclink

import "net/netip"

// sixToFour is RFC 3056: every IPv4 address owns a /48 of it.
var sixToFour = netip.MustParsePrefix("2002::/16")

// networkOf is the Network of an address as it is stored.
func networkOf(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	return Network(addr)
}

// Network is what limits count of a caller's address: itself, or its /64 for
// IPv6, which is what one subscriber gets; its /48 if that hangs on one IPv4
// address. IPv4 in IPv6 clothes is IPv4, and zones say nothing.
func Network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	bits := 64
	switch {
	case !a.Is6():
		return a.String()
	case sixToFour.Contains(a):
		bits = 48
	}
	n, err := a.Prefix(bits)
	if err != nil {
		return a.String()
	}
	return n.String()
}
