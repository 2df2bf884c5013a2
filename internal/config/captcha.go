package config

import (
	"idp/internal/captcha"
	"idp/internal/pattern"
)

// Captcha is a provider's test in place of work.
type Captcha struct {
	Provider string    `yaml:"provider"`
	SiteKey  string    `yaml:"site_key"`
	Secret   SecretRef `yaml:"secret"`
	// VerifyURL is for tests: another place that verifies.
	VerifyURL string `yaml:"-"`
}

var siteKeyShape = pattern.Lazy(`^[0-9A-Za-z_-]{8,100}$`)

func (v *validator) checkCaptcha(c *Captcha) {
	if c == nil {
		return
	}
	v.oneOf("abuse.captcha.provider", c.Provider, string(captcha.Turnstile), string(captcha.HCaptcha))
	if !siteKeyShape().MatchString(c.SiteKey) {
		v.fail("abuse.captcha.site_key", "must be the key that the provider gave for this site")
	}
	if err := c.Secret.Resolve(v.getenv); err != nil {
		v.fail("abuse.captcha.secret", "%v", err)
	} else if !c.Secret.IsSet() {
		v.fail("abuse.captcha.secret", "is missing: env:NAME or file:/path, holding what the provider gave with site_key")
	}
	if v.config.Abuse.WorkAbove == 0 {
		v.fail("abuse.captcha", "is never shown: work_above is 0")
	}
}
