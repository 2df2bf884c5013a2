package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// fromDomain is the domain of the addresses that mails come from.
func (s *Subject) fromDomain() string {
	_, domain, _ := strings.Cut(s.Config.Mail.From, "@")
	return strings.ToLower(domain)
}

// unanswered is the finding of a question that the DNS did not answer.
func unanswered(name string) []Finding {
	return []Finding{warning("ask again, or name another DNS server with --dns", "the DNS does not answer for %s", name)}
}

// checkMX looks where answers and returned mails go.
func (s *Subject) checkMX(ctx context.Context) []Finding {
	domain := s.fromDomain()
	servers, err := s.dns().LookupMX(ctx, domain)
	if err != nil && !absent(err) {
		return unanswered(domain)
	}
	var hosts []string
	for _, m := range servers {
		hosts = append(hosts, strings.TrimSuffix(m.Host, "."))
	}
	if slices.Equal(hosts, []string{""}) {
		return []Finding{problem("send from a domain that takes mail, or publish an MX record for it",
			"%s takes no mail (null MX, RFC 7505): receivers may refuse mails from it, and returned ones are lost", domain)}
	}
	if len(hosts) > 0 {
		var lost []string
		for _, h := range hosts {
			if _, err := s.dns().LookupNetIP(ctx, "ip", h); absent(err) {
				lost = append(lost, h)
			}
		}
		if len(lost) > 0 {
			return []Finding{warning("give them addresses, or take them out", "mail servers of %s that have no address: %s", domain, strings.Join(lost, ", "))}
		}
		return []Finding{ok("mail to %s goes to %s", domain, strings.Join(hosts, ", "))}
	}
	fix := fmt.Sprintf("publish: %s. IN MX 10 your.mail.server.", domain)
	if _, err := s.dns().LookupNetIP(ctx, "ip", domain); absent(err) {
		return []Finding{problem(fix, "%s has neither an MX record nor an address: many receivers refuse mails from it", domain)}
	}
	return []Finding{warning(fix, "%s has no MX record: returned mails and answers go to its web server, and are lost", domain)}
}
