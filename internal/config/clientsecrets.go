package config

import (
	"fmt"
	"slices"

	"idp/internal/secret"
)

// checkClientSecrets reads a client's secrets and keeps their hashes.
func (v *validator) checkClientSecrets(c *Client, at func(string) string) {
	for i := range c.Secrets {
		s, path := &c.Secrets[i], fmt.Sprintf("%s[%d]", at("secrets"), i)
		if err := s.Resolve(v.getenv); err != nil {
			v.fail(path, "%v", err)
		} else if s.IsSet() {
			switch raw := s.Token().Reveal(); {
			case len(raw) < minClientSecret:
				v.fail(path, "is too short: it needs at least %d characters; make one with: idp client secret", minClientSecret)
			case raw == v.config.Secret.Token().Reveal():
				v.fail(path, "is the root secret, which no application may know; make one with: idp client secret")
			}
			s.hash = s.Token().Hash(secret.KindClient)
		}
		if s.hash != "" && slices.ContainsFunc(c.Secrets[:i], func(before ClientSecret) bool { return before.hash == s.hash }) {
			v.fail(path, "is given twice")
		}
	}
}

// distinct refuses entries that stand twice: one of them was meant to be another.
func (v *validator) distinct(at func(string) string, c *Client) {
	for _, list := range []struct {
		key     string
		entries []string
	}{
		{"redirect_uris", c.RedirectURIs}, {"post_logout_redirect_uris", c.PostLogoutRedirectURIs}, {"scopes", c.Scopes},
		{"grant_types", c.GrantTypes}, {"response_modes", c.ResponseModes}, {"cors_origins", c.CORSOrigins}, {"resources", c.Resources},
	} {
		for i, e := range list.entries {
			if slices.Contains(list.entries[:i], e) {
				v.fail(fmt.Sprintf("%s[%d]", at(list.key), i), "stands in the list already")
			}
		}
	}
}
