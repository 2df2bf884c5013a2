package doctor

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"idp/internal/secret"
)

// maxLink is the longest line that no mail program breaks.
const maxLink = 76

func (s *Subject) checkIssuer(context.Context) []Finding {
	host := s.Config.IssuerURL.Hostname()
	switch {
	case s.Config.IssuerURL.Scheme == "https" && loopback(host):
		return []Finding{note("", "%s is on this machine only", s.Config.Issuer)}
	case s.Config.IssuerURL.Scheme == "https":
		return []Finding{ok("%s", s.Config.Issuer)}
	default: // the configuration takes plain http on loopback only
		return []Finding{note("use an https address before anybody else signs in", "%s is for development: plain http, on this machine only", s.Config.Issuer)}
	}
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

func (s *Subject) checkLinkLength(context.Context) []Finding {
	n := len(s.Config.Issuer) + len("/l/") + secret.LinkLength
	if n > maxLink {
		return []Finding{warning("choose a shorter host name: mail programs break lines behind 76 characters, and a broken link opens nothing",
			"links in mails have %d characters, %d too many", n, n-maxLink)}
	}
	return []Finding{ok("links in mails have %d of at most %d characters", n, maxLink)}
}

func (s *Subject) checkCookies(context.Context) []Finding {
	if s.Config.Insecure() {
		return []Finding{note("", "cookies without Secure, because the issuer is plain http on loopback")}
	}
	return []Finding{ok("cookies are Secure and for %s alone (__Host-)", s.Config.IssuerURL.Host)}
}

func (s *Subject) checkIssuerName(ctx context.Context) []Finding {
	host := s.Config.IssuerURL.Hostname()
	if net.ParseIP(host) != nil {
		return []Finding{ok("%s is an address and needs no DNS", host)}
	}
	if loopback(host) {
		return []Finding{ok("%s is this machine itself and needs no DNS", host)} // RFC 6761 §6.3
	}
	addrs, err := s.dns().LookupNetIP(ctx, "ip", host)
	switch {
	case absent(err):
		return []Finding{problem("publish an A or AAAA record for "+host, "%s is not in the DNS", host)}
	case err != nil:
		return []Finding{problem("see whether the DNS servers of this machine work, or name another with --dns", "the DNS does not answer for %s", host)}
	}
	var private, all []string
	for _, a := range addrs {
		all = append(all, a.Unmap().String())
		if inner(a) {
			private = append(private, a.Unmap().String())
		}
	}
	if len(private) > 0 {
		return []Finding{note("if people sign in from outside your network, publish the public address", "%s leads to %s, which is not on the public internet", host, strings.Join(private, ", "))}
	}
	return []Finding{ok("%s leads to %s", host, strings.Join(all, ", "))}
}
