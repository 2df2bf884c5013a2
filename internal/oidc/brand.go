package oidc

import (
	"strings"

	"idp/internal/idp"
	"idp/web"
)

// Brand is how the client shows itself on our pages.
func Brand(c *idp.Client) web.Brand {
	b := web.Brand{Logo: c.LogoURI, Terms: c.TermsURI, Policy: c.PolicyURI, Color: c.BrandColor, Support: c.Support}
	if strings.Contains(b.Support, "@") && !strings.Contains(b.Support, "://") {
		b.Support = "mailto:" + b.Support
	}
	return b
}
