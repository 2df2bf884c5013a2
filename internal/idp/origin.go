package idp

import (
	"net/url"
	"slices"
	"strings"
)

// AllowsOrigin reports whether a page of the origin may call for the client:
// origins that an administrator registered, and, for an application without a
// secret that nobody declared, those of its own redirect URIs, https or loopback.
// A native client's loopback port is free (RFC 8252 §7.3).
func (c *Client) AllowsOrigin(origin string) bool {
	return slices.ContainsFunc(c.Origins(), func(own string) bool {
		return own == origin || c.Native && loopbackWithoutPort(origin) != "" && loopbackWithoutPort(origin) == loopbackWithoutPort(own)
	})
}

// Origins are those that AllowsOrigin allows, but for what a free port adds.
func (c *Client) Origins() []string {
	out := slices.Clone(c.CORSOrigins)
	if c.Stranger && c.Public() {
		out = append(out, c.RedirectOrigins()...)
	}
	return out
}

// RedirectOrigins are the web origins of the redirect URIs: an application that runs
// in the browser calls from one of them.
func (c *Client) RedirectOrigins() (out []string) {
	for _, uri := range c.RedirectURIs {
		if own := originOf(uri); own != "" && !slices.Contains(out, own) {
			out = append(out, own)
		}
	}
	return out
}

// originOf is the web origin of an address (RFC 6454 §6.2); "" if pages of it are
// not trusted to be the application's.
func originOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return ""
	}
	usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return u.Scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Host), usual)
}

// WebOrigin reports whether a text is an origin that AllowsOrigin may ever allow to
// a client that nobody declared.
func WebOrigin(origin string) bool { return origin != "" && originOf(origin) == origin }
