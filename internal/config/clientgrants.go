package config

import (
	"fmt"
	"slices"

	"idp/internal/idp"
)

// has reports whether the client may use the grant type. Without a list it has
// those of a sign-in.
func (c *Client) has(grantType string) bool {
	if len(c.GrantTypes) == 0 {
		return grantType == idp.GrantCode || grantType == idp.GrantRefresh
	}
	return slices.Contains(c.GrantTypes, grantType)
}

// aboutPeople reports whether people sign in to the client at all.
func (c *Client) aboutPeople() bool { return c.has(idp.GrantCode) }

// checkGrants checks what the grant types have to do with each other and with
// the rest.
func (v *validator) checkGrants(c *Client, at func(string) string) {
	if c.public() && c.has(idp.GrantClient) {
		v.fail(at("grant_types"), "must not contain client_credentials: a %s client cannot prove itself", c.Type)
	}
	if c.has(idp.GrantRefresh) && !c.aboutPeople() {
		v.fail(at("grant_types"), "contains refresh_token, but nothing that gives one, such as authorization_code")
	}
	if c.aboutPeople() {
		return
	}
	if len(c.RedirectURIs) > 0 {
		v.fail(at("redirect_uris"), "must not be set: without authorization_code nobody is taken back")
	}
	for i, s := range c.Scopes {
		if s == "openid" || s == "offline_access" {
			v.fail(fmt.Sprintf("%s[%d]", at("scopes"), i), "is about people, but nobody signs in to this client")
		}
	}
}
