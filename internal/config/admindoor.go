package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
)

// ScopeAdmin is what a token must be for, to open the administrator's door.
const ScopeAdmin = "admin"

// ConsoleClient is the id of the console as an application of this provider.
const ConsoleClient = "idp-console"

// consoleTTL is how long the console goes without asking the provider who it is
// that administers. It asks without a question to the person while they are signed
// in.
const consoleTTL = time.Hour

// Private reports whether nobody hears the listener but this machine, and callers
// who show a certificate: elsewhere there is neither API nor console.
func (a *Admin) Private() bool {
	host, _, err := net.SplitHostPort(a.Listen)
	return err == nil && (a.TLS != (AdminTLS{}) || isLoopback(host))
}

// API reports whether there is to be one.
func (a *Admin) API() bool { return len(a.Clients) > 0 }

// Console reports whether there is to be one.
func (a *Admin) Console() bool { return a.URL != "" }

// console is the console as an application; nil if there is none.
func (a *Admin) console() *idp.Client {
	if !a.Console() || !a.Private() {
		return nil
	}
	return &idp.Client{
		ID: ConsoleClient, Name: "Administration", HomeURI: a.URL, AuthMethod: idp.AuthNone, RedirectURIs: []string{a.URL + ConsoleCallback},
		Scopes: []string{"openid", ScopeAdmin}, GrantTypes: []string{idp.GrantCode}, Consent: idp.ConsentSkip,
		IDTokenAlg: idp.ES256, MinimalIDToken: true, AccessToken: idp.TokenOpaque, AccessTokenTTL: consoleTTL, IDTokenTTL: time.Minute,
		RefreshIdleTTL: refreshIdleTTL, RefreshAbsoluteTTL: refreshAbsoluteTTL,
	}
}

// ConsoleCallback is the path where people come back to the console.
const ConsoleCallback = "/callback"

// Administers reports whether the person belongs to admin.group, by the
// configuration or by what an administrator put them into.
func (c *Config) Administers(u *idp.User) bool {
	name := c.Admin.Group
	if name == "" {
		return false
	}
	m := c.Groups[name]
	return idp.Members{Emails: m.Emails, Domains: m.Domains, Groups: []string{name}}.HasUser(u)
}

func (v *validator) checkAdminDoor(a *Admin) {
	if a.Group != "" && !groupShape().MatchString(a.Group) {
		v.fail("admin.group", "must be a group's name: 1 to 100 letters, digits and . _ : / -")
	}
	if a.Group != "" && !a.Console() && !a.API() {
		v.fail("admin.group", "has nothing to let people into: set admin.url or admin.clients")
	}
	if a.Console() {
		v.checkAdminURL(a)
		if a.Group == "" {
			v.fail("admin.group", "is missing: the group of those who may use the console")
		}
		if slices.ContainsFunc(v.config.Clients, func(c Client) bool { return c.ID == ConsoleClient }) {
			v.fail("admin.url", "makes the console a client with the id %s, which clients has already", ConsoleClient)
		}
	}
	for i, id := range a.Clients {
		v.checkAdminClient(fmt.Sprintf("admin.clients[%d]", i), id)
	}
}

func (v *validator) checkAdminURL(a *Admin) {
	u, err := url.Parse(a.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Contains(a.URL, "#") || u.Path != "" || !hasHost(u):
		v.fail("admin.url", "must be an address without a path, such as http://127.0.0.1:9090")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		v.fail("admin.url", "must be https: plain http is accepted for localhost only")
	case u.Host != strings.ToLower(u.Host):
		v.fail("admin.url", "must be in lower case")
	case a.URL == v.config.Issuer:
		v.fail("admin.url", "must not be the issuer: it is where browsers reach admin.listen")
	default:
		if _, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]")); err != nil && u.Hostname() != "localhost" && !slices.Contains(a.Hosts, u.Hostname()) {
			v.fail("admin.url", "has a host that the listener does not answer for: add it to admin.hosts")
		}
	}
}

// checkAdminClient checks an application whose tokens open the API.
func (v *validator) checkAdminClient(at, id string) {
	i := slices.IndexFunc(v.config.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		v.fail(at, "is no client: clients does not name it")
		return
	}
	switch c := &v.config.Clients[i]; {
	case !slices.Contains(c.Scopes, ScopeAdmin):
		v.fail(at, "needs %s among the scopes of the client", ScopeAdmin)
	case c.AccessToken == string(idp.TokenJWT):
		v.fail(at, "must have access_token: opaque: a token that others can read may have been shown to others")
	case c.DPoP == "required":
		v.fail(at, "must not have dpop: required: the API takes bearer tokens")
	case (c.aboutPeople() || c.has(tokenExchange)) && v.config.Admin.Group == "":
		v.fail("admin.group", "is missing: the group of those who may administer by the application %s", id)
	}
}
