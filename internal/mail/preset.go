package mail

// Preset is what is known of a provider: where its mail server is, and the
// headers that keep it from counting who opens mails and from replacing links. A
// replaced link is a longer one, leads through somebody else's hands, and may be
// opened by them.
type Preset struct {
	Host    string // "" if it differs from customer to customer
	Headers []Header
}

// PresetOf returns the preset of a name, from the provider's public
// documentation. Amazon SES and Brevo know no such header; see docs/mail.md.
func PresetOf(name string) (Preset, bool) {
	switch name {
	case "sendgrid":
		// The third writes parameters into links, the fourth a link of its own below the text.
		off := `{"settings":{"enable":0}}`
		return Preset{"smtp.sendgrid.net", []Header{
			{"X-SMTPAPI", `{"filters":{"clicktrack":{"settings":{"enable":0,"enable_text":false}},` + "\r\n " +
				`"opentrack":` + off + `,"ganalytics":` + off + `,` + "\r\n " + `"subscriptiontrack":` + off + `}}`},
		}}, true
	case "mailgun":
		return Preset{"smtp.mailgun.org", []Header{{"X-Mailgun-Track", "no"}, {"X-Mailgun-Track-Clicks", "no"}, {"X-Mailgun-Track-Opens", "no"}}}, true
	case "postmark": // KeepID: bounces name the Message-ID that we gave
		return Preset{"smtp.postmarkapp.com", []Header{{"X-PM-TrackOpens", "false"}, {"X-PM-TrackLinks", "None"}, {"X-PM-KeepID", "true"}}}, true
	case "mandrill":
		return Preset{"smtp.mandrillapp.com", []Header{{"X-MC-Track", "none"}}}, true
	case "mailjet":
		return Preset{"in-v3.mailjet.com", []Header{{"X-Mailjet-TrackOpen", "0"}, {"X-Mailjet-TrackClick", "0"}}}, true
	case "ses":
		return Preset{}, true
	case "brevo":
		return Preset{Host: "smtp-relay.brevo.com"}, true
	default:
		return Preset{}, false
	}
}
