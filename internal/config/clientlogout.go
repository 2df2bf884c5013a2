package config

import (
	"net/netip"
	"net/url"
	"slices"

	"idp/internal/outbound"
)

// checkLogout checks where a client hears of logouts.
func (v *validator) checkLogout(c *Client, at func(string) string) {
	v.logoutURI(c, at("backchannel_logout_uri"), c.BackchannelLogoutURI)
	v.logoutURI(c, at("frontchannel_logout_uri"), c.FrontchannelLogoutURI)
	if c.BackchannelLogoutSessionRequired && c.BackchannelLogoutURI == "" {
		v.fail(at("backchannel_logout_session_required"), "needs a backchannel_logout_uri")
	}
	if c.FrontchannelLogoutSessionRequired && c.FrontchannelLogoutURI == "" {
		v.fail(at("frontchannel_logout_session_required"), "needs a frontchannel_logout_uri")
	}
	if u := address(c.BackchannelLogoutURI); u != nil && !v.reachable(u.Hostname()) {
		v.fail(at("backchannel_logout_uri"), "leads to an address that is not on the public internet: name it in http.allow_private_targets")
	}
	// Front-Channel Logout §2: a page of another site has no business in ours.
	if u := address(c.FrontchannelLogoutURI); u != nil && !slices.ContainsFunc(c.RedirectURIs, func(r string) bool { return sameOrigin(u, address(r)) }) {
		v.fail(at("frontchannel_logout_uri"), "must have the scheme, host and port of one of the redirect_uris")
	}
}

func (v *validator) logoutURI(c *Client, path, uri string) {
	if uri == "" {
		return
	}
	v.redirects(path, one(uri), false)
	// Only clients that get an ID token have a session that could end.
	if len(c.GrantTypes) > 0 && !slices.Contains(c.GrantTypes, "authorization_code") {
		v.fail(path, "must not be set: without the grant type authorization_code nobody signs in to this client")
	}
	if len(c.Scopes) > 0 && !slices.Contains(c.Scopes, "openid") {
		v.fail(path, "must not be set: without the scope openid this client hears of no session")
	}
}

// reachable reports whether notices can be sent to host. What a name in the DNS
// leads to is only known, and checked, when they are.
func (v *validator) reachable(host string) bool {
	addrs := outbound.LiteralAddrs(host)
	return len(addrs) == 0 || slices.ContainsFunc(addrs, func(a netip.Addr) bool { return outbound.Allowed(a, v.config.PrivateTargets) })
}

func address(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

func sameOrigin(a, b *url.URL) bool { return b != nil && a.Scheme == b.Scheme && a.Host == b.Host }
