package clientmeta

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/secret"
)

const maxURI = 2000 // bytes of one address

// said are the members that mean something here.
type said struct {
	name, uri, initiate, scope, method, kind, alg string
	redirects, logouts, grants, responses         []string
}

// Secret reports whether the application asks for a secret (RFC 7591 §2: it does
// if it says nothing).
func (m Members) Secret() (bool, *Fault) {
	method, f := m.Text("token_endpoint_auth_method")
	return method != string(idp.AuthNone) && method != string(idp.AuthKey), f
}

// Client makes a client of the members, with an id and at most these scopes.
// hashes are those of its secret; none for a public client.
func (m Members) Client(id string, scopes []string, hashes ...secret.Hash) (idp.Client, *Fault) {
	s, f := m.read()
	if f == nil {
		f = s.check(len(hashes) > 0)
	}
	if f != nil {
		return idp.Client{}, f
	}
	c := config.Client{
		ID: id, Name: s.name, Type: s.clientType(), RedirectURIs: s.redirects, PostLogoutRedirectURIs: s.logouts, HomeURI: s.uri,
		InitiateLoginURI: s.initiate, IDTokenAlg: s.alg, Scopes: scopes,
		GrantTypes: keep([]string{"authorization_code", "refresh_token"}, s.grants),
	}
	if c.Type == "web" {
		c.AuthMethod = s.method
	}
	if f := m.readDemands(&c); f != nil {
		return idp.Client{}, f
	}
	if f := m.readKeys(&c); f != nil {
		return idp.Client{}, f
	}
	if s.scope != "" {
		if c.Scopes = keep(scopes, strings.Fields(s.scope)); len(c.Scopes) == 0 {
			return idp.Client{}, fault("scope", "names no scope that this server gives; it gives "+strings.Join(scopes, " "))
		}
	}
	client, faults := c.Check(hashes...)
	if len(faults) > 0 {
		return idp.Client{}, fault(words(faults[0].Key), faults[0].Message)
	}
	return client, nil
}

func (m Members) read() (*said, *Fault) {
	s := &said{}
	for name, into := range map[string]*string{
		"client_name": &s.name, "client_uri": &s.uri, "initiate_login_uri": &s.initiate, "scope": &s.scope,
		"token_endpoint_auth_method": &s.method, "application_type": &s.kind, "id_token_signed_response_alg": &s.alg,
	} {
		text, f := m.Text(name)
		if f != nil {
			return nil, f
		}
		*into = text
	}
	for name, into := range map[string]*[]string{
		"redirect_uris": &s.redirects, "post_logout_redirect_uris": &s.logouts, "grant_types": &s.grants, "response_types": &s.responses,
	} {
		list, f := m.List(name)
		if f != nil {
			return nil, f
		}
		*into = list
	}
	if s.grants == nil { // RFC 7591 §2: its default
		s.grants = []string{"authorization_code"}
	}
	return s, nil
}

// check refuses what the rules for declared clients know nothing of.
func (s *said) check(confidential bool) *Fault {
	for _, uri := range append(append([]string{s.uri, s.initiate}, s.redirects...), s.logouts...) {
		if len(uri) > maxURI {
			return fault("redirect_uris", "must not be longer than 2000 bytes")
		}
	}
	switch {
	case !slices.Contains([]string{"", "none", "client_secret_basic", "client_secret_post", "private_key_jwt"}, s.method):
		return fault("token_endpoint_auth_method", "must be none, client_secret_basic, client_secret_post or private_key_jwt")
	case !slices.Contains([]string{"", "web", "native"}, s.kind):
		return fault("application_type", "must be web or native")
	case s.kind == "native" && (confidential || s.method == string(idp.AuthKey)):
		return fault("token_endpoint_auth_method", "must be none for a native application: it cannot keep a secret")
	case !slices.Contains(s.grants, "authorization_code"):
		return fault("grant_types", "must contain authorization_code")
	case s.responses != nil && !slices.Contains(s.responses, "code"):
		return fault("response_types", "must contain code")
	}
	return nil
}

// clientType finds the configuration's word for the application. Who says
// nothing and leads to the person's own device is native: the port is free then.
func (s *said) clientType() string {
	switch {
	case s.method != string(idp.AuthNone):
		return "web"
	case s.kind == "native", s.kind == "" && slices.ContainsFunc(s.redirects, local):
		return "native"
	}
	return "public"
}

func local(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// words are RFC 7591's names of the configuration's keys.
func words(key string) string {
	for ours, theirs := range map[string]string{
		"name": "client_name", "home_uri": "client_uri", "id_token_alg": "id_token_signed_response_alg", "require_signed_request": "require_signed_request_object",
	} {
		if key == ours {
			return theirs
		}
	}
	return key
}

// keep are those of list that are also in other.
func keep(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
}
