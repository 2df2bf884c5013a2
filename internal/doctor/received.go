package doctor

import (
	"bytes"
	"context"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
)

// Received are the checks of a test mail as it arrived. Only that of its signature
// needs the network.
func (s *Subject) Received(file io.Reader) []Check {
	a, err := readMail(file)
	if err != nil {
		return []Check{{"received mail", false, func(context.Context) []Finding {
			return []Finding{problem("save the mail as it came, with all headers (in most programs: show original, or save as .eml)", "the file cannot be read: %v", err)}
		}}}
	}
	t, err := findTrial(s.Keys, s.Config.Issuer, a.header.Get("Message-ID"), a.header.Get("X-Entity-Ref-ID"), a.text, a.html)
	if err != nil {
		return []Check{{"received mail", false, func(context.Context) []Finding {
			return []Finding{problem("send one with idp doctor --to ADDRESS, and save it with all headers", "%v", err)}
		}}}
	}
	return []Check{
		{"received mail", false, func(context.Context) []Finding {
			return []Finding{ok("sent by %s at %s", t.provider, t.sentAt.Format(time.DateTime))}
		}},
		{"received parts", false, func(context.Context) []Finding { return comparedParts(t, a) }},
		{"received links", false, func(context.Context) []Finding { return comparedLinks(t, a) }},
		{"received headers", false, func(context.Context) []Finding { return s.comparedHeaders(t, a) }},
		{"received verdicts", false, func(context.Context) []Finding { return verdicts(a) }},
		{"received signature", true, func(ctx context.Context) []Finding { return s.signatures(ctx, a) }},
	}
}

func comparedParts(t *trial, a *arrived) (found []Finding) {
	if !a.hasTxt {
		found = append(found, problem("see which server on the way takes it out, or switch off what converts mails", "the text part is missing; some filters take that for spam"))
	}
	if !a.hasHTM {
		found = append(found, warning("see which server on the way takes it out", "the HTML part is missing"))
	}
	if a.hasTxt && !strings.Contains(a.text, odd) {
		found = append(found, problem("see which server on the way changes the encoding of mails", "letters and signs beyond ASCII arrived damaged in the text"))
	}
	if a.hasTxt && strings.TrimSpace(a.text) != strings.TrimSpace(t.text) && strings.Contains(a.text, t.link) {
		found = append(found, note("", "something was added to the text, or taken away"))
	}
	if len(found) == 0 {
		found = append(found, ok("text and HTML arrived"))
	}
	return found
}

func (s *Subject) comparedHeaders(t *trial, a *arrived) (found []Finding) {
	if got := a.subject(); got != t.subject {
		found = append(found, warning("tell whoever changes it that codes stand in the subject", "the subject arrived as %q", got))
	}
	if from, err := mail.ParseAddress(a.header.Get("From")); err != nil || !strings.EqualFold(from.Address, s.Config.Mail.From) {
		found = append(found, problem("verify the domain of mail.from at the provider", "From arrived as %q, which is not mail.from", a.header.Get("From")))
	}
	if !strings.Contains(a.header.Get("Message-ID"), t.ref) {
		found = append(found, note("", "the provider gave the mail another Message-ID; returned mails are still known by X-Entity-Ref-ID"))
	}
	if a.header.Get("X-Entity-Ref-ID") != t.ref {
		found = append(found, note("", "X-Entity-Ref-ID is gone: mails may be shown as one thread"))
	}
	if a.header.Get("Auto-Submitted") == "" {
		found = append(found, note("", "Auto-Submitted is gone: out-of-office programs may answer"))
	}
	for name := range a.header {
		if name == "List-Unsubscribe" || name == "Precedence" {
			found = append(found, note("switch it off at the provider: nobody unsubscribes from sign-ins", "somebody added %s", name))
		}
	}
	if len(found) == 0 {
		found = append(found, ok("the headers arrived as they were sent"))
	}
	return found
}

// verdicts reads what the receiving server wrote. Only the topmost header is its own.
func verdicts(a *arrived) (found []Finding) {
	lines := a.header["Authentication-Results"]
	if len(lines) == 0 {
		return []Finding{note("", "the receiving server wrote no Authentication-Results")}
	}
	who, results, err := authres.Parse(lines[0])
	if err != nil {
		return []Finding{note("", "Authentication-Results cannot be read")}
	}
	judge := func(method string, value authres.ResultValue, fix string) {
		switch value {
		case authres.ResultPass:
			found = append(found, ok("%s says %s=pass", who, method))
		case authres.ResultFail, authres.ResultHardFail, authres.ResultPermError, authres.ResultSoftFail:
			found = append(found, problem(fix, "%s says %s=%s", who, method, value))
		default:
			found = append(found, warning(fix, "%s says %s=%s", who, method, value))
		}
	}
	for _, r := range results {
		switch r := r.(type) {
		case *authres.SPFResult:
			judge("spf", r.Value, "see the finding of SPF: the address that handed the mail over is not in the record")
		case *authres.DKIMResult:
			judge("dkim", r.Value, "see the finding of DKIM, and whether the mail was changed on the way")
		case *authres.DMARCResult:
			judge("dmarc", r.Value, "SPF or DKIM must pass for the domain of mail.from itself")
		}
	}
	if len(found) == 0 {
		found = append(found, note("", "%s says nothing of SPF, DKIM and DMARC", who))
	}
	return found
}

// maxSignatures bounds how many signatures are checked.
const maxSignatures = 5

func (s *Subject) signatures(ctx context.Context, a *arrived) (found []Finding) {
	if len(a.header["Dkim-Signature"]) == 0 {
		return []Finding{problem("set mail.dkim (idp mail dkim), or switch signatures on at the provider", "the mail is not signed (DKIM)")}
	}
	all, err := dkim.VerifyWithOptions(bytes.NewReader(a.raw), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return s.dns().LookupTXT(ctx, name) }, MaxVerifications: maxSignatures,
	})
	if err != nil && len(all) == 0 {
		return []Finding{problem("save the mail with all headers, unchanged", "its signatures cannot be read: %v", err)}
	}
	domain, own := s.fromDomain(), false
	for _, v := range all {
		related := v.Domain == domain || strings.HasSuffix(domain, "."+v.Domain) || strings.HasSuffix(v.Domain, "."+domain)
		switch {
		case v.Err == nil:
			own = own || related
			found = append(found, ok("the signature of %s is valid", v.Domain))
		case dkim.IsTempFail(v.Err):
			found = append(found, unanswered(v.Domain)...)
		case related:
			found = append(found, problem("see the finding of DKIM, and which server on the way changes mails", "the signature of %s is not valid: %v", v.Domain, v.Err))
		default:
			found = append(found, note("", "the signature of %s is not valid: %v", v.Domain, v.Err))
		}
	}
	if !own {
		found = append(found, problem("set mail.dkim (idp mail dkim), or let the provider sign with your domain", "no valid signature is of %s, so it does not count for DMARC", domain))
	}
	return found
}
