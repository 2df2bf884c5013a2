package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
)

// checkDMARC looks for the policy of the From domain, or of one above it.
func (s *Subject) checkDMARC(ctx context.Context) []Finding {
	domain := s.fromDomain()
	at, record, err := s.policy(ctx, domain)
	publish := fmt.Sprintf("publish: _dmarc.%s. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@%s\"; with p=quarantine once all mails pass", domain, domain)
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return []Finding{warning(publish, "%s has no DMARC record: large receivers want one", domain)}
	case err != nil && dmarc.IsTempFail(err):
		return unanswered("_dmarc." + at)
	case err != nil:
		return []Finding{problem("mend the record", "the record at _dmarc.%s cannot be read: %v", at, err)}
	}
	policy := record.Policy
	if at != domain && record.SubdomainPolicy != "" {
		policy = record.SubdomainPolicy
	}
	found := []Finding{ok("_dmarc.%s: p=%s", at, policy)}
	if policy == dmarc.PolicyNone {
		found[0] = note("use p=quarantine or p=reject once all your mails pass, so that nobody can send in your name", "_dmarc.%s only watches: p=none", at)
	}
	return append(found, s.aligned(domain, record))
}

// policy is the record of a domain, or of the nearest domain above that has one.
func (s *Subject) policy(ctx context.Context, domain string) (at string, record *dmarc.Record, err error) {
	options := &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) { return s.dns().LookupTXT(ctx, name) }}
	for at = domain; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") {
		record, err = dmarc.LookupWithOptions(at, options)
		if !errors.Is(err, dmarc.ErrNoPolicy) {
			return at, record, err
		}
	}
	return domain, nil, dmarc.ErrNoPolicy
}

// aligned says whether what we sign counts for the From domain.
func (s *Subject) aligned(domain string, record *dmarc.Record) Finding {
	d := s.Config.Mail.DKIM
	switch {
	case !d.On():
		return note("", "whether DKIM or SPF count for %s depends on the provider; idp doctor --to ADDRESS shows it", domain)
	case d.Domain != domain && record.DKIMAlignment == dmarc.AlignmentStrict:
		return problem("let mail.dkim.domain be "+domain+", or take adkim=s out of the record", "DMARC wants signatures of %s itself, and mails are signed by %s", domain, d.Domain)
	default:
		return ok("signatures of %s count for %s", d.Domain, domain)
	}
}
