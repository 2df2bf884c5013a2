package config

import (
	"strings"

	"idp/internal/magiclink"
)

// ParseAddress returns the canonical form of an address that people sign in with,
// or magiclink.ErrAddress.
func (c *Config) ParseAddress(typed string) (string, error) {
	if c.Login.IDNDomains {
		return magiclink.ParseAddressIDN(typed)
	}
	return magiclink.ParseAddress(typed)
}

// domain checks one domain of addresses and replaces it by its canonical form.
func (v *validator) domain(path string, value *string) {
	canonical, err := v.config.ParseAddress("x@" + *value)
	_, domain, _ := strings.Cut(canonical, "@")
	if err != nil || strings.TrimSpace(*value) != *value {
		v.fail(path, "must be a domain, such as example.com")
		return
	}
	*value = domain
}
