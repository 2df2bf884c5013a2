package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"idp/internal/config/strictyaml"
	"idp/internal/idp"
	"idp/internal/pattern"
	"idp/internal/secret"
)

// ClientsByMetadata lets applications in that describe themselves at the https
// address that is their client_id.
type ClientsByMetadata struct {
	Enabled bool     `yaml:"enabled"`
	Allow   []string `yaml:"allow"`
	Scopes  []string `yaml:"scopes"`
	// Resources are the audiences that they may ask for (RFC 8707).
	Resources []string `yaml:"resources"`

	// Whom this server trusts and reaches for strangers: for these documents, and for
	// the keys of whoever nobody declared. Nothing under http counts for them.
	TrustedCAs          []string       `yaml:"trusted_cas"`
	AllowPrivateTargets []string       `yaml:"allow_private_targets"`
	PrivateTargets      []netip.Prefix `yaml:"-"` // what they come to
}

// Registration lets applications register themselves (RFC 7591).
type Registration struct {
	Enabled      bool                `yaml:"enabled"`
	AccessTokens []RegistrationToken `yaml:"access_tokens"`
	Scopes       []string            `yaml:"scopes"`
	Resources    []string            `yaml:"resources"`
	MaxClients   int                 `yaml:"max_clients"`
	UnusedTTL    Duration            `yaml:"unused_ttl"`

	// Open lets anybody register, without a token: for development alone, so no file
	// can say it.
	Open bool `yaml:"-"`
}

// RegistrationToken is the hash of an initial access token, as `idp client
// registration-token` prints it.
type RegistrationToken struct{ hash secret.Hash }

// SecretYAML keeps the text out of fault messages: somebody may write the token
// itself here.
func (RegistrationToken) SecretYAML() {}

// KnownRegistrationToken is for a token that stands in no file.
func KnownRegistrationToken(t secret.Token) RegistrationToken {
	return RegistrationToken{t.Hash(secret.KindRegistration)}
}

// UnmarshalYAMLText implements strictyaml.Unmarshaler.
func (t *RegistrationToken) UnmarshalYAMLText(text string) error {
	h, ok := strings.CutPrefix(text, hashPrefix)
	if !ok || !hashShape().MatchString(h) {
		return strictyaml.Fixed("must be a hash (sha256:…), as printed by: idp client registration-token")
	}
	if placeholder(h) {
		return strictyaml.Fixed("is a placeholder: make one with: idp client registration-token")
	}
	t.hash = secret.Hash(h)
	return nil
}

// Hashes are the initial access tokens that may register.
func (r *Registration) Hashes() []secret.Hash {
	out := make([]secret.Hash, len(r.AccessTokens))
	for i, t := range r.AccessTokens {
		out[i] = t.hash
	}
	return out
}

// RegistrationHashText is how an initial access token's hash stands in a
// configuration.
func RegistrationHashText(t secret.Token) string {
	return hashPrefix + string(t.Hash(secret.KindRegistration))
}

func strangerScopes() []string { return []string{"openid", "email", "profile", "offline_access"} }

var allowShape = pattern.Lazy(`^(\*|(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?)$`)

func (v *validator) checkStrangers() {
	m, r := &v.config.ClientsByMetadata, &v.config.Registration
	for i, a := range m.Allow {
		if !allowShape().MatchString(a) {
			v.fail(fmt.Sprintf("clients_by_metadata.allow[%d]", i), "must be a host such as app.example.com, hosts below one such as *.example.com, or * for every host")
		}
	}
	if m.Enabled && len(m.Allow) == 0 {
		v.fail("clients_by_metadata.allow", "is missing: the hosts whose applications may sign people in; * lets in every host")
	}
	v.strangerScopes("clients_by_metadata.scopes", m.Scopes)
	v.resources("clients_by_metadata.resources", m.Resources)
	if r.Enabled && len(r.AccessTokens) == 0 {
		v.fail("registration.access_tokens", "is missing: make one with idp client registration-token")
	}
	v.strangerScopes("registration.scopes", r.Scopes)
	v.resources("registration.resources", r.Resources)
	v.within("registration.max_clients", r.MaxClients, 1, 100_000)
	v.span("registration.unused_ttl", r.UnusedTTL, day, 3650*day)
}

func (v *validator) strangerScopes(path string, scopes []string) {
	for i, s := range scopes {
		if s == "" || strings.ContainsAny(s, " \"\\") {
			v.fail(fmt.Sprintf("%s[%d]", path, i), "must be one scope, without spaces")
		}
	}
	if !slices.Contains(scopes, "openid") {
		v.fail(path, "must contain openid")
	}
}

// ClientFault is one thing wrong with a client that stands in no file.
type ClientFault struct{ Key, Message string }

// Check holds an application that described itself to the rules for declared
// ones, but for its id, which is the caller's. hashes are its secret's, if it has
// one. The person is always asked about it.
func (c Client) Check(hashes ...secret.Hash) (idp.Client, []ClientFault) {
	id := c.ID
	c.ID, c.Consent = "self", "always"
	for _, h := range hashes {
		c.Secrets = append(c.Secrets, ClientSecret{hash: h})
	}
	usual := Default()
	v := &validator{config: &usual, positions: &strictyaml.Positions{}, getenv: func(string) string { return "" }}
	v.checkClient(&c, func(key string) string { return key })
	var out []ClientFault
	for _, f := range v.faults {
		out = append(out, ClientFault{f.Path, f.Message})
	}
	client := c.client()
	client.ID, client.Stranger = id, true
	return client, out
}
