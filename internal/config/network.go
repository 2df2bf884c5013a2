package config

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"os"
	"slices"

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

// checkProxies refuses to believe everybody: each caller could choose the address
// that limits count by.
func (v *validator) checkProxies() {
	for _, p := range v.config.Proxies {
		if i := slices.Index(v.config.HTTP.TrustedProxies, p.String()); p.Bits() == 0 && i >= 0 {
			v.fail(fmt.Sprintf("http.trusted_proxies[%d]", i), "is everybody: name the addresses of the proxies in front of this server")
		}
	}
}

func (v *validator) checkOutbound() {
	c := v.config
	c.PrivateTargets = v.networks("http.allow_private_targets", c.HTTP.AllowPrivateTargets)
	v.authorities("http.trusted_cas", c.HTTP.TrustedCAs)
	m := &c.ClientsByMetadata
	m.PrivateTargets = v.networks("clients_by_metadata.allow_private_targets", m.AllowPrivateTargets)
	v.authorities("clients_by_metadata.trusted_cas", m.TrustedCAs)
}

// authorities looks into files of certificates.
func (v *validator) authorities(path string, files []string) {
	for i, file := range files {
		if _, err := outbound.Roots([]string{file}); err != nil {
			v.fail(fmt.Sprintf("%s[%d]", path, i), "cannot be used: %v", err)
		}
	}
}

func (v *validator) checkTLS() {
	t := v.config.TLS
	switch {
	case t == TLS{}:
	case t.CertFile == "":
		v.fail("tls.cert_file", "is missing, but a key_file is set")
	case t.KeyFile == "":
		v.fail("tls.key_file", "is missing, but a cert_file is set")
	default:
		v.keyPair("tls.", t.CertFile, t.KeyFile)
		if u := v.config.IssuerURL; u != nil && u.Scheme != "https" {
			v.fail("tls.cert_file", "needs an https issuer")
		}
	}
}

// keyPair checks a certificate and its key, and tells a file that is not there from one
// that does not fit.
func (v *validator) keyPair(prefix, certFile, keyFile string) {
	cert, errCert := os.ReadFile(certFile)
	key, errKey := os.ReadFile(keyFile)
	if errCert != nil {
		v.fail(prefix+"cert_file", "cannot be read: %v", errCert)
	}
	if errKey != nil {
		v.fail(prefix+"key_file", "cannot be read: %v", errKey)
	}
	if errCert != nil || errKey != nil {
		return
	}
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		v.fail(prefix+"cert_file", "cannot be used with key_file: %v", err)
	}
}
