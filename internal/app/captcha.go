package app

import (
	"fmt"

	"idp/internal/captcha"
	"idp/internal/config"
	"idp/internal/login"
	"idp/internal/outbound"
)

// newCaptcha makes the test that stands in for work; nil if there is none.
func (a *App) newCaptcha(cfg *config.Config) (login.Captcha, error) {
	c := cfg.Abuse.Captcha
	if c == nil {
		return nil, nil //nolint:nilnil // none is what the configuration says
	}
	roots, err := outbound.Roots(cfg.HTTP.TrustedCAs)
	if err != nil {
		return nil, fmt.Errorf("http.trusted_cas: %w", err)
	}
	return captcha.New(captcha.Options{
		Provider: captcha.Provider(c.Provider), SiteKey: c.SiteKey, Secret: c.Secret.Token(), VerifyURL: c.VerifyURL, Host: cfg.IssuerURL.Hostname(), Now: a.now,
		Out: outbound.New(outbound.Options{Networks: cfg.PrivateTargets, RootCAs: roots, Timeout: captcha.Timeout, MaxBody: captcha.MaxAnswer, Watch: a.calls("captcha")}),
	}), nil
}
