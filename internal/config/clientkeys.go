package config

import (
	"encoding/json"
	"fmt"
	"slices"

	"idp/internal/idp"
	"idp/internal/proof"
)

// KeySet is a JWKS (RFC 7517 §5): the public keys of an application.
type KeySet struct {
	Keys []map[string]string `yaml:"keys"`

	parsed []idp.ClientKey
	known  bool // parsed is all there is
}

// KnownKeys is a KeySet that stands in no file.
func KnownKeys(keys []idp.ClientKey) *KeySet { return &KeySet{parsed: keys, known: true} }

// maxClientKeys is room for one key per algorithm while all are replaced.
const maxClientKeys = 6

func (v *validator) checkClientKeys(c *Client, at func(string) string) {
	v.checkKeyAddress(c, at)
	switch {
	case c.JWKS == nil:
		return
	case c.JWKS.known && len(c.JWKS.parsed) == 0:
		v.fail(at("jwks"), "holds no key that is accepted here: PS256, ES256 or EdDSA")
	case c.JWKS.known:
		return
	case c.public():
		v.fail(at("jwks"), "must not be set: a %s client cannot keep a private key", c.Type)
	case len(c.JWKS.Keys) == 0 || len(c.JWKS.Keys) > maxClientKeys:
		v.fail(at("jwks.keys"), "must be 1 to %d keys", maxClientKeys)
	}
	c.JWKS.parsed = nil
	seen := map[string]bool{}
	for i, members := range c.JWKS.Keys {
		path := fmt.Sprintf("%s[%d]", at("jwks.keys"), i)
		if members["d"] != "" || members["k"] != "" {
			v.fail(path, "holds a private key: only its public members belong here")
			continue
		}
		text, err := json.Marshal(members)
		if err != nil {
			v.fail(path, "is not a JWK")
			continue
		}
		key, err := proof.ParseKey(text)
		switch {
		case err != nil:
			v.fail(path, "%v", err)
		case key.ID == "" && len(c.JWKS.Keys) > 1:
			v.fail(path, "needs a kid: there are several keys")
		case seen[key.ID]:
			v.fail(path, "has the kid of another key")
		}
		seen[key.ID] = true
		c.JWKS.parsed = append(c.JWKS.parsed, key)
	}
}

func (v *validator) checkKeyAddress(c *Client, at func(string) string) {
	switch {
	case c.JWKSURI == "":
		return
	case c.JWKS != nil:
		v.fail(at("jwks_uri"), "and jwks exclude each other: the keys stand here or there")
	case c.public():
		v.fail(at("jwks_uri"), "must not be set: a %s client cannot keep a private key", c.Type)
	}
	v.httpsOnly(at("jwks_uri"), c.JWKSURI, "")
}

// checkSignedRequests checks what request objects have to do with the keys, and
// that an application has a key for its assertions too.
func (v *validator) checkSignedRequests(c *Client, at func(string) string) {
	keys, profile := c.keys(), idp.Client{AuthMethod: idp.AuthMethod(c.AuthMethod), RequirePAR: c.RequirePAR, RequireDPoP: c.DPoP == "required"}
	v.oneOf(at("request_object_signing_alg"), orElse(c.RequestAlg, "RS256"), "RS256", "ES256", "EdDSA", "Ed25519", "PS256")
	none := c.JWKS == nil && c.JWKSURI == ""
	switch {
	case none && c.RequestAlg != "":
		v.fail(at("request_object_signing_alg"), "needs jwks or jwks_uri: the keys that requests are signed with")
	case none && c.RequireSignedRequest:
		v.fail(at("require_signed_request"), "needs jwks or jwks_uri: the keys that requests are signed with")
	case c.RequestAlg != "" && len(keys) > 0 && !slices.ContainsFunc(keys, func(k idp.ClientKey) bool { return k.For(idp.Algorithm(c.RequestAlg)) }):
		v.fail(at("request_object_signing_alg"), "needs a key for %s in jwks", c.RequestAlg)
	case c.RequestAlg == string(idp.RS256) && profile.FAPI():
		v.fail(at("request_object_signing_alg"), "must not be RS256 for a client with private_key_jwt, require_par and dpop: required (FAPI 2.0)")
	case profile.AuthMethod == idp.AuthKey && len(keys) > 0 && !slices.ContainsFunc(keys, func(k idp.ClientKey) bool { return k.Algorithm != idp.RS256 }):
		v.fail(at("jwks"), "needs a key for PS256, ES256 or EdDSA: private_key_jwt takes nothing else")
	}
}

func (c *Client) keys() []idp.ClientKey {
	if c.JWKS == nil {
		return nil
	}
	return c.JWKS.parsed
}
