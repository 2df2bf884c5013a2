package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"idp/internal/config/strictyaml"
	"idp/internal/idp"
	"idp/internal/pattern"
	"idp/internal/secret"
)

// Client is one registered application.
type Client struct {
	ID                     string         `yaml:"id"`
	Preset                 string         `yaml:"preset"`
	URL                    string         `yaml:"url"`
	Name                   string         `yaml:"name"`
	Type                   string         `yaml:"type"`
	Secrets                []ClientSecret `yaml:"secrets"`
	AuthMethod             string         `yaml:"auth_method"`
	JWKS                   *KeySet        `yaml:"jwks"`
	JWKSURI                string         `yaml:"jwks_uri"`
	RedirectURIs           []string       `yaml:"redirect_uris"`
	PostLogoutRedirectURIs []string       `yaml:"post_logout_redirect_uris"`
	HomeURI                string         `yaml:"home_uri"`
	InitiateLoginURI       string         `yaml:"initiate_login_uri"`
	Scopes                 []string       `yaml:"scopes"`
	GrantTypes             []string       `yaml:"grant_types"`
	PKCE                   string         `yaml:"pkce"`
	RequirePAR             bool           `yaml:"require_par"`
	ResponseModes          []string       `yaml:"response_modes"`
	RequestAlg             string         `yaml:"request_object_signing_alg"`
	RequireSignedRequest   bool           `yaml:"require_signed_request"`
	DPoP                   string         `yaml:"dpop"`
	DPoPNonce              string         `yaml:"dpop_nonce"`
	Consent                string         `yaml:"consent"`
	IDTokenAlg             string         `yaml:"id_token_alg"`
	IDTokenClaims          string         `yaml:"id_token_claims"`
	AccessToken            string         `yaml:"access_token"`
	AccessTokenTTL         *Duration      `yaml:"access_token_ttl"`
	IDTokenTTL             *Duration      `yaml:"id_token_ttl"`
	RefreshIdleTTL         *Duration      `yaml:"refresh_idle_ttl"`
	RefreshAbsoluteTTL     *Duration      `yaml:"refresh_absolute_ttl"`
	CORSOrigins            []string       `yaml:"cors_origins"`
	Resources              []string       `yaml:"resources"`
	Audience               []string       `yaml:"audience"`
	Allow                  *Allow         `yaml:"allow"`
	MaxSessionAge          *Duration      `yaml:"max_session_age"`
	ForeignLinks           string         `yaml:"foreign_links"`
	TokenExchange          *TokenExchange `yaml:"token_exchange"`
	SubjectType            string         `yaml:"subject_type"`
	SectorIdentifier       string         `yaml:"sector_identifier"`
	UserinfoAlg            string         `yaml:"userinfo_signed_response_alg"`
	LogoURI                string         `yaml:"logo_uri"`
	TermsURI               string         `yaml:"tos_uri"`
	PolicyURI              string         `yaml:"policy_uri"`
	NativeAPI              bool           `yaml:"native_api"`
	NativeLinkURI          string         `yaml:"native_link_uri"`
	BrandColor             string         `yaml:"brand_color"`
	Support                string         `yaml:"support"`
	Signup                 *Signup        `yaml:"signup"`

	BackchannelLogoutURI              string `yaml:"backchannel_logout_uri"`
	BackchannelLogoutSessionRequired  bool   `yaml:"backchannel_logout_session_required"`
	FrontchannelLogoutURI             string `yaml:"frontchannel_logout_uri"`
	FrontchannelLogoutSessionRequired bool   `yaml:"frontchannel_logout_session_required"`

	filled map[string]bool // the keys that the preset filled in
}

// ClientSecret is where a client's secret is, or its hash as `idp client secret`
// prints it.
type ClientSecret struct {
	SecretRef
	hash secret.Hash
}

const hashPrefix = "sha256:"

var hashShape = pattern.Lazy(`^[A-Za-z0-9_-]{43}$`)

// placeholder reports whether a hash is all one character, as in config.example.yaml: no
// secret has such a one, and a copy of that file would keep it for ever.
func placeholder(hash string) bool { return strings.Count(hash, hash[:1]) == len(hash) }

// UnmarshalYAMLText implements strictyaml.Unmarshaler.
func (s *ClientSecret) UnmarshalYAMLText(text string) error {
	if h, ok := strings.CutPrefix(text, hashPrefix); ok {
		if !hashShape().MatchString(h) {
			return strictyaml.Fixed("is not a hash as printed by: idp client secret")
		}
		if placeholder(h) {
			return strictyaml.Fixed("is a placeholder: make one with: idp client secret")
		}
		s.hash = secret.Hash(h)
		return nil
	}
	if err := s.SecretRef.UnmarshalYAMLText(text); err != nil {
		return strictyaml.Fixed("must be a hash (sha256:…, made with: idp client secret) or say where the secret is, env:NAME or file:/path")
	}
	return nil
}

// HashText is how a client secret's hash stands in a configuration.
func HashText(t secret.Token) string { return hashPrefix + string(t.Hash(secret.KindClient)) }

const minClientSecret = 24

// Defaults of a client's lifetimes.
const (
	accessTokenTTL     = 10 * time.Minute
	idTokenTTL         = time.Hour
	refreshIdleTTL     = 30 * day
	refreshAbsoluteTTL = 90 * day
)

var clientIDShape = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$`)

func (v *validator) checkClients() {
	v.checkGroups()
	seen := map[string]int{}
	for i := range v.config.Clients {
		c := &v.config.Clients[i]
		at := func(key string) string { return fmt.Sprintf("clients[%d].%s", i, key) }
		if first, twice := seen[c.ID]; twice {
			v.fail(at("id"), "is the id of %s too", v.inWords(first))
		}
		seen[c.ID] = i
		if v.applyPreset(c, at) {
			v.checkClient(c, at)
		}
		v.distinct(at, c)
	}
	v.config.Declare()
}

// Declare fills in Declared from Clients.
func (c *Config) Declare() {
	c.Declared = nil
	for i := range c.Clients {
		d := c.Clients[i].client()
		c.admit(&c.Clients[i], &d)
		c.Declared = append(c.Declared, d)
	}
	if console := c.Admin.console(); console != nil {
		c.Declared = append(c.Declared, *console)
	}
}

func (v *validator) checkClient(c *Client, at func(string) string) {
	switch {
	case c.ID == "":
		v.fail(at("id"), "is missing")
	case !clientIDShape().MatchString(c.ID):
		v.fail(at("id"), "must be 1 to 100 letters, digits, dots, hyphens, underscores or tildes")
	case strings.HasPrefix(c.ID, "usr_"):
		v.fail(at("id"), "must not begin with usr_: user ids do") // RFC 9700 §4.15
	}
	if strings.HasPrefix(c.ID, idp.RegisteredPrefix) {
		v.fail(at("id"), "must not begin with %s: clients that register themselves do", idp.RegisteredPrefix)
	}
	v.label(at("name"), c.Name)
	v.oneOf(at("type"), orElse(c.Type, "web"), "web", "public", "native")
	v.checkClientAuth(c, at)
	if len(c.RedirectURIs) == 0 && c.has(idp.GrantCode) {
		v.fail(at("redirect_uris"), "is missing: where the application takes people back after the sign-in")
	}
	v.redirects(at("redirect_uris"), c.RedirectURIs, c.Type == "native")
	v.redirects(at("post_logout_redirect_uris"), c.PostLogoutRedirectURIs, c.Type == "native")
	v.redirects(at("home_uri"), one(c.HomeURI), false)
	v.redirects(at("initiate_login_uri"), one(c.InitiateLoginURI), false)
	v.checkLogout(c, at)
	for i, o := range c.CORSOrigins {
		if u, err := url.Parse(o); err != nil || u.Scheme+"://"+u.Host != o || u.Host == "" || strings.Contains(o, "*") {
			v.fail(fmt.Sprintf("%s[%d]", at("cors_origins"), i), "must be an origin, such as https://app.example.com")
		} else if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
			v.fail(fmt.Sprintf("%s[%d]", at("cors_origins"), i), "must be https: plain http is accepted for localhost only")
		} else {
			v.plainHost(fmt.Sprintf("%s[%d]", at("cors_origins"), i), u)
		}
	}
	for i, s := range c.Scopes {
		if s == "" || strings.ContainsAny(s, " \"\\") {
			v.fail(fmt.Sprintf("%s[%d]", at("scopes"), i), "must be one scope, without spaces")
		}
	}
	for i, g := range c.GrantTypes {
		v.oneOf(fmt.Sprintf("%s[%d]", at("grant_types"), i), g, idp.GrantCode, idp.GrantRefresh, idp.GrantClient, deviceCode, tokenExchange)
	}
	v.checkGrants(c, at)
	v.checkTargets(c, at)
	v.checkAllow(c, at)
	v.checkClientSignup(c, at)
	v.checkExchange(c, at)
	v.checkSubjects(c, at)
	v.checkBrand(c, at)
	v.checkNative(c, at)
	v.oneOf(at("pkce"), orElse(c.PKCE, "required"), "required", "optional")
	if c.PKCE == "optional" && c.public() {
		v.fail(at("pkce"), "must be required for a %s client", c.Type)
	}
	for i, m := range c.ResponseModes {
		v.oneOf(fmt.Sprintf("%s[%d]", at("response_modes"), i), m, slices.Concat(idp.PlainModes, idp.SignedModes)...)
	}
	v.oneOf(at("dpop"), orElse(c.DPoP, "optional"), "optional", "required")
	v.oneOf(at("dpop_nonce"), orElse(c.DPoPNonce, "off"), "off", "required")
	v.oneOf(at("consent"), orElse(c.Consent, "skip"), "skip", "once", "always")
	v.oneOf(at("id_token_alg"), orElse(c.IDTokenAlg, "RS256"), "RS256", "ES256", "EdDSA", "PS256")
	v.oneOf(at("id_token_claims"), orElse(c.IDTokenClaims, "full"), "full", "minimal")
	v.oneOf(at("access_token"), orElse(c.AccessToken, "opaque"), "opaque", "at+jwt")
	v.clientSpan(at("access_token_ttl"), c.AccessTokenTTL, time.Minute, 24*time.Hour)
	v.clientSpan(at("id_token_ttl"), c.IDTokenTTL, time.Minute, 24*time.Hour)
	v.clientSpan(at("refresh_idle_ttl"), c.RefreshIdleTTL, time.Hour, 400*day)
	v.clientSpan(at("refresh_absolute_ttl"), c.RefreshAbsoluteTTL, time.Hour, 3650*day)
	if absolute := orDefault(c.RefreshAbsoluteTTL, refreshAbsoluteTTL); orDefault(c.RefreshIdleTTL, 0) > absolute {
		v.fail(at("refresh_idle_ttl"), "must not be longer than refresh_absolute_ttl, which is %s", Duration(absolute))
	}
}

func (v *validator) checkClientAuth(c *Client, at func(string) string) {
	v.oneOf(at("auth_method"), orElse(c.AuthMethod, "client_secret_basic"), "client_secret_basic", "client_secret_post", "private_key_jwt")
	v.checkClientKeys(c, at)
	v.checkSignedRequests(c, at)
	switch {
	case c.public() && len(c.Secrets) > 0:
		v.fail(at("secrets"), "must not be set: a %s client cannot keep a secret", c.Type)
	case c.public() && c.AuthMethod != "":
		v.fail(at("auth_method"), "must not be set: a %s client does not authenticate", c.Type)
	case c.AuthMethod == string(idp.AuthKey) && len(c.Secrets) > 0:
		v.fail(at("secrets"), "must not be set with auth_method: private_key_jwt")
	case c.AuthMethod == string(idp.AuthKey) && c.JWKS == nil && c.JWKSURI == "":
		v.fail(at("jwks"), "is missing: auth_method: private_key_jwt needs the application's public keys, or jwks_uri, where it publishes them")
	case c.AuthMethod == string(idp.AuthKey):
	case !c.public() && len(c.Secrets) == 0:
		v.fail(at("secrets"), "is missing: make one with idp client secret, or set type: public for an application without a server")
	case len(c.Secrets) > 2:
		v.fail(at("secrets"), "must be at most two: the live one and, during its replacement, the next")
	}
	v.checkClientSecrets(c, at)
}

// redirects checks addresses that browsers are sent to. They are later compared
// byte by byte, so what stands here is what the application must send.
func (v *validator) redirects(path string, uris []string, native bool) {
	for i, text := range uris {
		at := path
		if strings.HasSuffix(path, "uris") {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Scheme == "" || strings.ContainsAny(text, " \\\"<>"):
			v.fail(at, "must be an absolute address, such as https://app.example.com/callback")
		case strings.Contains(text, "#"):
			v.fail(at, "must not contain a fragment (#)")
		case strings.Contains(text, "*"):
			v.fail(at, "must not contain a wildcard: addresses are compared character by character")
		case u.User != nil:
			v.fail(at, "must not contain a user name")
		case !v.plainHost(at, u):
		case (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !hasHost(u):
			v.fail(at, "must lead to a host, such as app.example.com, and a port that there can be")
		case u.Scheme == "https" && u.Host != "":
		case u.Scheme == "http" && isLoopback(u.Hostname()):
		case u.Scheme == "http":
			v.fail(at, "must be https: plain http is accepted for localhost only")
		case native && strings.Contains(u.Scheme, ".") && !slices.Contains([]string{"javascript", "data"}, u.Scheme):
			// RFC 8252 §7.1: an application's own scheme is a reversed domain name.
		default:
			v.fail(at, "must be an https address; a native client may use its own scheme with a dot in it, such as com.example.app:/callback")
		}
	}
}

func (v *validator) clientSpan(path string, d *Duration, low, high time.Duration) {
	if d != nil {
		v.span(path, *d, low, high)
	}
}

func (c *Client) public() bool { return c.Type == "public" || c.Type == "native" }

// client is the application in the vocabulary's terms, defaults filled in.
func (c *Client) client() idp.Client {
	out := idp.Client{
		ID: c.ID, Name: c.Name, HomeURI: c.HomeURI, InitiateLoginURI: c.InitiateLoginURI, Native: c.Type == "native",
		AuthMethod: idp.AuthMethod(c.AuthMethod), RedirectURIs: c.RedirectURIs, PostLogoutRedirectURIs: c.PostLogoutRedirectURIs,
		Scopes: c.Scopes, GrantTypes: c.grantTypes(), PKCEOptional: c.PKCE == "optional",
		Consent: idp.ConsentMode(orElse(c.Consent, string(idp.ConsentSkip))), IDTokenAlg: idp.Algorithm(orElse(c.IDTokenAlg, string(idp.RS256))),
		MinimalIDToken: c.IDTokenClaims == "minimal", AccessToken: idp.TokenFormat(orElse(c.AccessToken, string(idp.TokenOpaque))),
		AccessTokenTTL: orDefault(c.AccessTokenTTL, c.usualAccessTTL()), IDTokenTTL: orDefault(c.IDTokenTTL, idTokenTTL),
		RefreshAbsoluteTTL: orDefault(c.RefreshAbsoluteTTL, refreshAbsoluteTTL),
		CORSOrigins:        c.CORSOrigins, Keys: c.keys(), JWKSURI: c.JWKSURI, RequirePAR: c.RequirePAR, RequireDPoP: c.DPoP == "required",
		Resources: c.Resources, Audience: c.Audience, MaxSessionAge: orDefault(c.MaxSessionAge, 0), ForeignLinks: idp.ForeignLinks(c.ForeignLinks), ExchangeFrom: c.TokenExchange.from(),
		Sector: c.sector(), UserinfoAlg: idp.Algorithm(c.UserinfoAlg), LogoURI: c.LogoURI, TermsURI: c.TermsURI, PolicyURI: c.PolicyURI,
	}
	out.RefreshIdleTTL = orDefault(c.RefreshIdleTTL, min(refreshIdleTTL, out.RefreshAbsoluteTTL))
	out.BrandColor, out.Support = strings.ToLower(c.BrandColor), c.Support
	out.DPoPNonce = c.DPoPNonce == "required"
	if !slices.Equal(c.ResponseModes, idp.PlainModes) {
		out.ResponseModes = c.ResponseModes
	}
	out.RequestAlg, out.RequireSignedRequest = idp.Algorithm(c.RequestAlg), c.RequireSignedRequest
	out.NativeAPI, out.NativeLinkURI = c.NativeAPI, c.NativeLinkURI
	out.BackchannelLogoutURI, out.BackchannelLogoutSessionRequired = c.BackchannelLogoutURI, c.BackchannelLogoutSessionRequired
	out.FrontchannelLogoutURI, out.FrontchannelLogoutSessionRequired = c.FrontchannelLogoutURI, c.FrontchannelLogoutSessionRequired
	if c.public() {
		out.AuthMethod = idp.AuthNone
	}
	// A stranger's program on the person's machine could ask silently: a native
	// client is always asked about once (RFC 8252 §8.6).
	if c.Type == "native" && c.Consent == "" {
		out.Consent = idp.ConsentOnce
	}
	if len(out.Scopes) == 0 && c.aboutPeople() {
		out.Scopes = []string{"openid", "email", "profile", "offline_access"}
	}
	if len(out.GrantTypes) == 0 {
		out.GrantTypes = []string{"authorization_code", "refresh_token"}
	}
	for _, s := range c.Secrets {
		out.SecretHashes = append(out.SecretHashes, s.hash)
	}
	return out
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func orDefault(d *Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return d.Std()
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
