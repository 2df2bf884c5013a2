package config

import (
	"fmt"
	"net/netip"

	"idp/internal/outbound"
)

// networks reads a list of addresses and networks.
func (v *validator) networks(path string, texts []string) (out []netip.Prefix) {
	for i, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			if addr, errAddr := netip.ParseAddr(text); errAddr == nil {
				prefix, err = addr.Prefix(addr.BitLen())
			}
		}
		if err != nil {
			v.fail(fmt.Sprintf("%s[%d]", path, i), "must be an address or a network, such as 10.0.0.0/8")
			continue
		}
		out = append(out, prefix.Masked())
	}
	return out
}

func (v *validator) checkOutbound() {
	c := v.config
	c.PrivateTargets = v.networks("http.allow_private_targets", c.HTTP.AllowPrivateTargets)
	for i, file := range c.HTTP.TrustedCAs {
		if _, err := outbound.Roots([]string{file}); err != nil {
			v.fail(fmt.Sprintf("http.trusted_cas[%d]", i), "cannot be used: %v", err)
		}
	}
}
