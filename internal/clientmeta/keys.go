package clientmeta

import (
	"net/url"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/proof"
)

// readDemands reads what the application wants to be held to: signed requests (RFC
// 9101 §10.5), pushed ones (RFC 9126 §6), tokens bound to a key (RFC 9449 §5.2). Who
// relies on one of them must not lose it without a word.
func (m Members) readDemands(c *config.Client) (f *Fault) {
	if c.RequireSignedRequest, f = m.Bool("require_signed_request_object"); f != nil {
		return f
	}
	if c.RequirePAR, f = m.Bool("require_pushed_authorization_requests"); f != nil {
		return f
	}
	bound, f := m.Bool("dpop_bound_access_tokens")
	if bound {
		c.DPoP = "required"
	}
	return f
}

// readKeys reads the application's public keys, by value or by address (RFC 7591
// §2), and what it signs with them. An application without a secret has none.
func (m Members) readKeys(c *config.Client) (f *Fault) {
	if c.Type != "web" {
		return nil
	}
	if c.RequestAlg, f = m.Text("request_object_signing_alg"); f != nil {
		return f
	}
	uri, f := m.Text("jwks_uri")
	switch {
	case f != nil:
		return f
	case len(uri) > maxURI:
		return fault("jwks_uri", "must not be longer than 2000 bytes")
	case uri != "" && m.Has("jwks"):
		return fault("jwks_uri", "and jwks exclude each other")
	case uri != "":
		c.JWKSURI = uri
		return nil
	case !m.Has("jwks") && c.AuthMethod != string(idp.AuthKey):
		return nil
	case !m.Has("jwks"):
		return fault("jwks_uri", "or jwks is missing: private_key_jwt needs the application's public keys")
	}
	keys, err := proof.ParseKeys(m["jwks"])
	if err != nil {
		return fault("jwks", err.Error())
	}
	c.JWKS = config.KnownKeys(keys)
	return nil
}

// UsualPort refuses a jwks_uri at another port than 443: what a stranger names is
// asked from inside a network, where other ports are other services.
func UsualPort(c *idp.Client) *Fault {
	if u, err := url.Parse(c.JWKSURI); err == nil && (u.Port() == "" || u.Port() == "443") {
		return nil
	}
	return fault("jwks_uri", "must be at port 443")
}
