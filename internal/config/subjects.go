package config

import (
	"net/url"
	"slices"
	"strings"
)

// sector is what pairwise subjects are made for (OpenID Connect Core §8.1): the
// host that the client names, or the one host of its redirect URIs; "" for public
// subjects.
func (c *Client) sector() string {
	if c.SubjectType != "pairwise" {
		return ""
	}
	if c.SectorIdentifier != "" {
		return strings.ToLower(c.SectorIdentifier)
	}
	if hosts := c.redirectHosts(); len(hosts) == 1 {
		return hosts[0]
	}
	return ""
}

func (c *Client) redirectHosts() []string {
	var hosts []string
	for _, text := range c.RedirectURIs {
		if u, err := url.Parse(text); err == nil && !slices.Contains(hosts, strings.ToLower(u.Hostname())) {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	return hosts
}

func (v *validator) checkSubjects(c *Client, at func(string) string) {
	v.oneOf(at("subject_type"), orElse(c.SubjectType, "public"), "public", "pairwise")
	v.oneOf(at("userinfo_signed_response_alg"), orElse(c.UserinfoAlg, "RS256"), "RS256", "ES256", "EdDSA", "PS256")
	switch {
	case c.SectorIdentifier != "" && c.SubjectType != "pairwise":
		v.fail(at("sector_identifier"), "needs subject_type: pairwise")
	case c.SectorIdentifier != "":
		if u, err := url.Parse("https://" + c.SectorIdentifier); err != nil || u.Host != c.SectorIdentifier || u.Hostname() == "" {
			v.fail(at("sector_identifier"), "must be a host, such as example.com")
		} else {
			v.plainHost(at("sector_identifier"), u)
		}
	case c.SubjectType == "pairwise" && c.sector() == "":
		v.fail(at("sector_identifier"), "is missing: redirect_uris name not one host, so say for which host the subjects are")
	}
}
