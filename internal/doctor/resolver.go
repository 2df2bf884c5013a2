package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// NewResolver asks the DNS server at an address, or the system's if that is "".
func NewResolver(server string) *net.Resolver {
	if server == "" {
		return &net.Resolver{PreferGo: true}
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
}

// absent reports whether err says that a name or record does not exist, rather than
// that nobody knows.
func absent(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// whole asks for names as they are written, and never for ones below the domain of
// the machine that asks.
type whole struct{ Resolver }

func (w whole) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return w.Resolver.LookupTXT(ctx, absolute(name))
}

func (w whole) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return w.Resolver.LookupMX(ctx, absolute(name))
}

func (w whole) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return w.Resolver.LookupNetIP(ctx, network, host)
}

func absolute(name string) string {
	if name == "" || name[len(name)-1] == '.' {
		return name
	}
	return name + "."
}

// dns is the resolver that checks use.
func (s *Subject) dns() Resolver { return whole{s.Resolver} }
