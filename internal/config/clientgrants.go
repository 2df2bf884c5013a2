package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

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
func (c *Client) aboutPeople() bool { return c.has(idp.GrantCode) || c.has(deviceCode) || c.NativeAPI }

// The grant types of RFC 8628 and RFC 8693 in a configuration.
const (
	deviceCode    = "device_code"
	tokenExchange = "token_exchange"
)

var longGrantTypes = map[string]string{deviceCode: idp.GrantDevice, tokenExchange: idp.GrantExchange}

// grantTypes are the grant types as requests name them.
func (c *Client) grantTypes() []string {
	var out []string
	for _, g := range c.GrantTypes {
		out = append(out, orElse(longGrantTypes[g], g))
	}
	return out
}

// checkGrants checks what the grant types have to do with each other and with
// the rest.
func (v *validator) checkGrants(c *Client, at func(string) string) {
	if c.public() && c.has(idp.GrantClient) {
		v.fail(at("grant_types"), "must not contain client_credentials: a %s client cannot prove itself", c.Type)
	}
	if c.has(idp.GrantRefresh) && !c.aboutPeople() {
		v.fail(at("grant_types"), "contains refresh_token, but nothing that gives one, such as authorization_code")
	}
	if len(c.RedirectURIs) > 0 && !c.has(idp.GrantCode) {
		v.fail(at("redirect_uris"), "must not be set: without authorization_code nobody is taken back")
	}
	if c.aboutPeople() {
		return
	}
	for i, s := range c.Scopes {
		if s == "openid" || s == "offline_access" {
			v.fail(fmt.Sprintf("%s[%d]", at("scopes"), i), "is about people, but nobody signs in to this client")
		}
	}
}

const maxTargets = 20

// checkTargets checks whom the client's access tokens are for.
func (v *validator) checkTargets(c *Client, at func(string) string) {
	v.resources(at("resources"), c.Resources)
	for i, text := range c.Audience {
		if text == "" || strings.ContainsAny(text, " \"\\") {
			v.fail(fmt.Sprintf("%s[%d]", at("audience"), i), "must be one name or address, without spaces")
		}
	}
	if len(c.Resources) > maxTargets || len(c.Audience) > maxTargets {
		v.fail(at("resources"), "and audience must not be longer than %d", maxTargets)
	}
	if len(c.Audience) > 0 && c.AccessToken != string(idp.TokenJWT) {
		v.fail(at("audience"), "needs access_token: at+jwt: nobody but this server reads opaque tokens")
	}
}

func (v *validator) resources(path string, resources []string) {
	for i, text := range resources {
		if u, err := url.Parse(text); err != nil || !u.IsAbs() || strings.ContainsAny(text, " #\"\\") {
			v.fail(fmt.Sprintf("%s[%d]", path, i), "must be an absolute address without a fragment, such as https://api.example.com")
		} else {
			v.plainHost(fmt.Sprintf("%s[%d]", path, i), u)
		}
	}
}
