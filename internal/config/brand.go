package config

import (
	"net/mail"
	"net/url"
	"strings"

	"idp/internal/colour"
)

// checkBrand checks what pages show of the application.
func (v *validator) checkBrand(c *Client, at func(string) string) {
	if !strings.HasPrefix(c.LogoURI, "/") || strings.HasPrefix(c.LogoURI, "//") || strings.ContainsAny(c.LogoURI, " \\\"#") {
		v.httpsOnly(at("logo_uri"), c.LogoURI, "; an image of your own may also be a path at this server, such as /brand/logo.svg")
	}
	v.httpsOnly(at("tos_uri"), c.TermsURI, "")
	v.httpsOnly(at("policy_uri"), c.PolicyURI, "")
	v.checkColor(at("brand_color"), c.BrandColor)
	if _, domain, isMail := strings.Cut(c.Support, "@"); isMail && !strings.Contains(c.Support, "://") {
		if a, err := mail.ParseAddress(c.Support); err != nil || a.Address != c.Support || domain == "" {
			v.fail(at("support"), "must be a mail address, such as help@example.com, or an https address")
		}
		return
	}
	v.httpsOnly(at("support"), c.Support, ", or a mail address, such as help@example.com")
}

// checkColor wants a colour that can be read on our light pages. No colour can be
// read on light and on dark ones: a lighter shade stands in on those.
func (v *validator) checkColor(path, text string) {
	if text == "" {
		return
	}
	c, err := colour.Parse(strings.ToLower(text))
	if err != nil {
		v.fail(path, "%v", err)
		return
	}
	if near := c.On(colour.Light...); near != c {
		worst := colour.Contrast(c, colour.Light[len(colour.Light)-1])
		v.fail(path, "cannot be read on light pages: its contrast is %.1f, and %.1f is needed; %s is the nearest that can (dark pages get a lighter shade by themselves)",
			worst, colour.Readable, near)
	}
}

func (v *validator) httpsOnly(path, text, more string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(text, " \"\\") {
		v.fail(path, "must be an https address%s", more)
		return
	}
	v.plainHost(path, u)
}
