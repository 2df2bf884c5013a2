package doctor

import "testing"

// Links as filters and providers write them, with what they lead to left out.
func TestWrappersAreKnown(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://nam01.safelinks.protection.outlook.com/?url=x":                 "Microsoft Defender (Safe Links)",
		"https://usg02.safelinks.protection.office365.us/?url=x":                "Microsoft Defender (Safe Links)",
		"https://urldefense.com/v3/__x__;!!y$":                                  "Proofpoint (URL Defense)",
		"https://urldefense.us/v3/__x__;!!y$":                                   "Proofpoint (URL Defense)",
		"https://urldefense.proofpoint.com/v2/url?u=x":                          "Proofpoint (URL Defense)",
		"https://urldefense.proofpoint.us/v2/url?u=x":                           "Proofpoint (URL Defense)",
		"https://protect-eu.mimecast.com/s/x?domain=example.com":                "Mimecast",
		"https://url.us.m.mimecastprotect.com/s/x?domain=example.com":           "Mimecast",
		"https://linkprotect.cudasvc.com/url?a=x":                               "Barracuda",
		"https://secure-web.cisco.com/x/y":                                      "Cisco",
		"https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=x":   "Trend Micro",
		"https://eu-central-1.protection.sophos.com/?d=example.com&u=x":         "Sophos",
		"https://clicktime.symantec.com/x?u=y":                                  "Symantec",
		"https://protect2.fireeye.com/v1/url?k=x":                               "Trellix (FireEye)",
		"https://scanmail.trustwave.com/?c=x&u=y":                               "Trustwave",
		"https://url.avanan.click/v2/___x___.y":                                 "Check Point",
		"http://atpscan.global.hornetsecurity.com/?d=x&u=y":                     "Hornetsecurity",
		"https://links.defend.egress.com/Warning?x":                             "KnowBe4 (Egress Defend)",
		"https://url.emailprotection.link/?x":                                   "emailprotection.link",
		"https://u123.ct.sendgrid.net/ls/click?upn=x":                           "SendGrid",
		"https://mandrillapp.com/track/click/1/example.com?p=x":                 "Mandrill",
		"https://email.mg.example.com/c/x":                                      "Mailgun",
		"https://click.pstmrk.it/3s/example.com/x":                              "Postmark",
		"https://x.r.eu-central-1.awstrack.me/L0/https:%2F%2Fexample.com/1/y/z": "Amazon SES",
		"https://x9z3p.mjt.lu/lnk/x/y":                                          "Mailjet",
		"https://bbhihcie.r.af.d.sendibt2.com/tr/cl/x":                          "Brevo",
		"https://di20r.r.ag.d.sendibm3.com/mk/cl/f/x":                           "Brevo",
		"https://a.r.example.com/b":                                             "",
		"https://urldefense.example.com/v3/x":                                   "",
		"https://safelinks.protection.outlook.com.example.net/":                 "",
		"https://login.example.com/l/x":                                         "",
	} {
		if w, known := wrapperOf(link); w.who != want || known != (want != "") {
			t.Errorf("%s is %q, and not %q", link, w.who, want)
		}
	}
}
