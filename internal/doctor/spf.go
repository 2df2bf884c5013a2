package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"idp/internal/spf"
)

// senders are what providers ask their customers to include.
var senders = map[string]string{
	"sendgrid": "sendgrid.net", "mailgun": "mailgun.org", "postmark": "spf.mtasv.net", "mandrill": "spf.mandrillapp.com",
	"mailjet": "spf.mailjet.com", "ses": "amazonses.com", "brevo": "spf.brevo.com",
}

func (s *Subject) checkSPF(ctx context.Context) []Finding {
	domain := s.fromDomain()
	// Without an address the evaluation walks everything: that is the worst case.
	whole := spf.Eval(ctx, s.dns(), domain, netip.Addr{})
	switch {
	case whole.Result == spf.TempError:
		return unanswered(domain)
	case whole.Result == spf.None:
		return []Finding{problem(fmt.Sprintf("publish: %s. IN TXT %q", domain, s.recordFor(ctx)), "%s has no SPF record: many receivers refuse its mails", domain)}
	case whole.Result == spf.PermError:
		return []Finding{problem("mend the record; receivers treat it as if all senders were wrong", "%s: %s", whole.Record, whole.Reason)}
	case whole.Result == spf.Pass:
		return []Finding{problem("end the record with -all or ~all", "%s lets everybody send for %s", whole.Record, domain)}
	}
	found := []Finding{ok("%s (%d of %d look-ups)", whole.Record, whole.Lookups, spf.MaxLookups)}
	if whole.Lookups == spf.MaxLookups {
		found[0] = warning("take out what is not used any more; one look-up more, and receivers ignore the record", "%s uses all %d look-ups", whole.Record, spf.MaxLookups)
	}
	for _, p := range s.Providers {
		if f := s.covers(ctx, p, whole.Record); f.Seen != "" {
			found = append(found, f)
		}
	}
	return found
}

// recordFor is a record that names the providers. Of a relay inside, receivers see
// another address, which cannot be known here.
func (s *Subject) recordFor(ctx context.Context) string {
	words := []string{"v=spf1"}
	for _, p := range s.Providers {
		switch {
		case senders[p.Preset] != "":
			words = append(words, "include:"+senders[p.Preset])
		case p.Host == "":
		case s.inside(ctx, p.Host):
			words = append(words, "ip4:<the public address of your relay>")
		case literal(p.Host).IsValid() && literal(p.Host).Is4():
			words = append(words, "ip4:"+p.Host)
		case literal(p.Host).IsValid():
			words = append(words, "ip6:"+p.Host)
		default:
			words = append(words, "a:"+p.Host)
		}
	}
	return strings.Join(append(words, "~all"), " ")
}

// inside reports whether a mail server is on this machine or in a private network.
func (s *Subject) inside(ctx context.Context, host string) bool {
	return loopback(host) || slices.ContainsFunc(s.addresses(ctx, host), inner)
}

// addresses are those of a host; none if that cannot be known.
func (s *Subject) addresses(ctx context.Context, host string) []netip.Addr {
	if host == "" {
		return nil
	}
	if a := literal(host); a.IsValid() {
		return []netip.Addr{a}
	}
	addrs, _ := s.dns().LookupNetIP(ctx, "ip", host)
	return addrs
}

func inner(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

func literal(host string) netip.Addr {
	a, _ := netip.ParseAddr(host)
	return a
}

// covers says whether the record lets a provider send, where that can be known: a
// server that takes our mails need not be the one that hands them on.
func (s *Subject) covers(ctx context.Context, p Provider, record string) Finding {
	if include := senders[p.Preset]; include != "" {
		if strings.Contains(strings.ToLower(record), include) {
			return ok("%s is included, for %s", include, p.Name)
		}
		return note("add include:"+include+" to the record, unless the provider sends with a return address of its own",
			"the record does not name %s, which mails by %s come from", include, p.Name)
	}
	addrs := s.addresses(ctx, p.Host)
	if len(addrs) == 0 {
		return Finding{} // where it is, its own check says
	}
	for _, a := range addrs {
		if inner(a) {
			return note("see that the record names the address under which that server reaches the internet", "%s (%s) is an inner address; it cannot be known whether SPF covers it", p.Host, p.Name)
		}
		if r := spf.Eval(ctx, s.dns(), s.fromDomain(), a); r.Result != spf.Pass {
			return warning("add a:"+p.Host+" to the record, unless that server hands mails on to others that are in it",
				"SPF says %s for %s (%s, %s)", r.Result, a.Unmap(), p.Host, p.Name)
		}
	}
	return ok("SPF covers %s (%s)", p.Host, p.Name)
}
