package doctor

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// wrapper is somebody who puts a link of their own in the place of others'.
type wrapper struct {
	who      string
	receiver bool // a filter of the receiving side, which senders cannot switch off
	hosts    *regexp.Regexp
}

// wrappers are those that are met most, by the hosts of their links. A server that
// doctors nobody does not pay for them.
var wrappers = sync.OnceValue(func() []wrapper {
	return []wrapper{
		{"Microsoft Defender (Safe Links)", true, regexp.MustCompile(`\.safelinks\.protection\.(outlook\.com|outlook\.cn|office365\.us)$`)},
		{"Proofpoint (URL Defense)", true, regexp.MustCompile(`^urldefense(\.proofpoint)?\.(com|us)$`)},
		{"Mimecast", true, regexp.MustCompile(`(^|\.)(mimecastprotect\.com|mimecast\.com)$`)},
		{"Barracuda", true, regexp.MustCompile(`^linkprotect\.cudasvc\.com$`)},
		{"Cisco", true, regexp.MustCompile(`^secure-web\.cisco\.com$`)},
		{"Trend Micro", true, regexp.MustCompile(`\.trendmicro\.com$`)},
		{"Sophos", true, regexp.MustCompile(`\.protection\.sophos\.com$`)},
		{"Symantec", true, regexp.MustCompile(`^clicktime\.symantec\.com$`)},
		{"Trellix (FireEye)", true, regexp.MustCompile(`^protect\d*\.fireeye\.com$`)},
		{"Trustwave", true, regexp.MustCompile(`^scanmail\.trustwave\.com$`)},
		{"Check Point", true, regexp.MustCompile(`^(url\.avanan\.click|protect\.checkpoint\.com)$`)},
		{"Hornetsecurity", true, regexp.MustCompile(`^atpscan\..*\.hornetsecurity\.com$`)},
		{"KnowBe4 (Egress Defend)", true, regexp.MustCompile(`^links\.defend\.egress\.com$`)},
		{"emailprotection.link", true, regexp.MustCompile(`^url\.emailprotection\.link$`)},
		{"SendGrid", false, regexp.MustCompile(`(^|\.)sendgrid\.net$`)},
		{"Mandrill", false, regexp.MustCompile(`(^|\.)mandrillapp\.com$`)},
		{"Mailgun", false, regexp.MustCompile(`^email\.|\.mailgun\.(org|net)$`)},
		{"Postmark", false, regexp.MustCompile(`\.pstmrk\.it$`)},
		{"Amazon SES", false, regexp.MustCompile(`\.awstrack\.me$`)},
		{"Mailjet", false, regexp.MustCompile(`\.mjt\.lu$`)},
		{"Brevo", false, regexp.MustCompile(`\.(sendib[mt]\d*|sendinblue|brevo)\.com$`)},
	}
})

// wrapperOf names whose link that is.
func wrapperOf(link string) (w wrapper, known bool) {
	u, err := url.Parse(link)
	if err != nil {
		return wrapper{}, false
	}
	for _, w := range wrappers() {
		if w.hosts.MatchString(strings.ToLower(u.Hostname())) {
			return w, true
		}
	}
	return wrapper{}, false
}
