package config

import (
	"net/url"
	"slices"
	"time"

	"idp/internal/idp"
)

// nativeAccessTTL is the life of access tokens of applications on people's
// devices: a phone wakes up seldom.
const nativeAccessTTL = time.Hour

// usualAccessTTL is the life of an access token if the client's entry says none.
func (c *Client) usualAccessTTL() time.Duration {
	if c.NativeAPI {
		return nativeAccessTTL
	}
	return accessTokenTTL
}

// checkNative checks what an application needs that runs the login on its own
// screens: nobody is asked there, and nothing is redirected.
func (v *validator) checkNative(c *Client, at func(string) string) {
	if !c.NativeAPI {
		if c.NativeLinkURI != "" {
			v.fail(at("native_link_uri"), "needs native_api: true")
		}
		return
	}
	switch {
	case !c.has(idp.GrantRefresh):
		v.fail(at("native_api"), "needs refresh_token among grant_types: its sign-ins are refreshed at the token endpoint")
	case c.Consent == string(idp.ConsentOnce) || c.Consent == string(idp.ConsentAlways):
		v.fail(at("native_api"), "must not be set with consent: %s: it is for first-party applications, and asks nobody", c.Consent)
	case c.DPoP == "required":
		v.fail(at("native_api"), "must not be set with dpop: required: its tokens are bound to no key")
	case c.AuthMethod == string(idp.AuthPost) || c.AuthMethod == string(idp.AuthKey):
		v.fail(at("native_api"), "must not be set with auth_method: %s: a client with a secret sends it as client_secret_basic", c.AuthMethod)
	}
	for _, s := range []string{"openid", "email", "offline_access"} {
		if len(c.Scopes) > 0 && !slices.Contains(c.Scopes, s) {
			v.fail(at("native_api"), "needs %s among scopes", s)
		}
	}
	v.redirects(at("native_link_uri"), one(c.NativeLinkURI), c.Type == "native")
	if u, err := url.Parse(c.NativeLinkURI); err == nil && u.Query().Has("token") {
		v.fail(at("native_link_uri"), "must not contain the parameter token: it is appended")
	}
}
