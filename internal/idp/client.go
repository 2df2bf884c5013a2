package idp

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"idp/internal/secret"
	"idp/internal/spelling"
)

// AuthMethod is how a client proves itself at the token endpoint (OpenID
// Connect Core §9). The empty value accepts basic and post.
type AuthMethod string

// The client authentication methods of this release.
const (
	AuthBasic AuthMethod = "client_secret_basic"
	AuthPost  AuthMethod = "client_secret_post"
	AuthKey   AuthMethod = "private_key_jwt"
	AuthNone  AuthMethod = "none"
)

// ConsentMode says when a person is asked before an application gets anything.
type ConsentMode string

// The consent modes.
const (
	ConsentSkip   ConsentMode = "skip"   // first-party application
	ConsentOnce   ConsentMode = "once"   // remembered per set of scopes
	ConsentAlways ConsentMode = "always" // at every authorization
)

// TokenFormat is the format of access tokens.
type TokenFormat string

// The access-token formats.
const (
	TokenOpaque TokenFormat = "opaque" // sealed, for us alone to read
	TokenJWT    TokenFormat = "at+jwt" // RFC 9068
)

// Algorithm is a JWS algorithm (RFC 7518 §3.1, RFC 8037, RFC 9864).
type Algorithm string

// The algorithms that sign our tokens.
const (
	RS256 Algorithm = "RS256"
	PS256 Algorithm = "PS256"
	ES256 Algorithm = "ES256"
	EdDSA Algorithm = "EdDSA"
)

// Algorithms lists them all, the interoperable default first.
var Algorithms = []Algorithm{RS256, ES256, EdDSA, PS256}

// Client is one application, as its administrator registered it. The JSON form
// is what the clients table keeps; adding a field needs no migration.
type Client struct {
	ID                     string        `json:"id"`
	Name                   string        `json:"name"`
	HomeURI                string        `json:"home_uri,omitempty"`
	InitiateLoginURI       string        `json:"initiate_login_uri,omitempty"`
	Native                 bool          `json:"native,omitempty"` // RFC 8252: loopback ports are free
	AuthMethod             AuthMethod    `json:"auth_method,omitempty"`
	SecretHashes           []secret.Hash `json:"secret_hashes,omitempty"`
	Keys                   []ClientKey   `json:"keys,omitempty"`     // what the application signs with
	JWKSURI                string        `json:"jwks_uri,omitempty"` // where it publishes them instead
	RedirectURIs           []string      `json:"redirect_uris,omitempty"`
	PostLogoutRedirectURIs []string      `json:"post_logout_redirect_uris,omitempty"`
	Scopes                 []string      `json:"scopes,omitempty"`
	GrantTypes             []string      `json:"grant_types,omitempty"`
	PKCEOptional           bool          `json:"pkce_optional,omitempty"`
	RequireDPoP            bool          `json:"require_dpop,omitempty"` // RFC 9449
	RequirePAR             bool          `json:"require_par,omitempty"`  // RFC 9126 §6
	DPoPNonce              bool          `json:"dpop_nonce,omitempty"`   // its proofs bring back a nonce of ours (RFC 9449 §8)
	Consent                ConsentMode   `json:"consent,omitempty"`
	IDTokenAlg             Algorithm     `json:"id_token_alg,omitempty"`
	MinimalIDToken         bool          `json:"minimal_id_token,omitempty"`
	AccessToken            TokenFormat   `json:"access_token,omitempty"`
	AccessTokenTTL         time.Duration `json:"access_token_ttl,omitempty"`
	IDTokenTTL             time.Duration `json:"id_token_ttl,omitempty"`
	RefreshIdleTTL         time.Duration `json:"refresh_idle_ttl,omitempty"`
	RefreshAbsoluteTTL     time.Duration `json:"refresh_absolute_ttl,omitempty"`
	CORSOrigins            []string      `json:"cors_origins,omitempty"`

	// Where the end of a session is told: server to server, and in the browser
	// (OpenID Connect Back-Channel and Front-Channel Logout 1.0). Both always say
	// which session; the marks below are kept because registrations have them.
	BackchannelLogoutURI              string `json:"backchannel_logout_uri,omitempty"`
	BackchannelLogoutSessionRequired  bool   `json:"backchannel_logout_session_required,omitempty"`
	FrontchannelLogoutURI             string `json:"frontchannel_logout_uri,omitempty"`
	FrontchannelLogoutSessionRequired bool   `json:"frontchannel_logout_session_required,omitempty"`

	ResponseModes        []string  `json:"response_modes,omitempty"`         // see Modes
	RequestAlg           Algorithm `json:"request_alg,omitempty"`            // signs its requests; "": see RequestAlgorithms
	RequireSignedRequest bool      `json:"require_signed_request,omitempty"` // RFC 9101 §10.5

	Resources []string `json:"resources,omitempty"` // RFC 8707: audiences that it may ask for
	Audience  []string `json:"audience,omitempty"`  // of at+jwt without a resource; the client itself if empty

	Allow         *Members           `json:"allow,omitempty"`        // who may sign in, groups resolved; nil: everybody
	Groups        map[string]Members `json:"groups,omitempty"`       // that the claim groups may name
	Sector        string             `json:"sector,omitempty"`       // of pairwise subjects (OpenID Connect Core §8.1); "": public ones
	UserinfoAlg   Algorithm          `json:"userinfo_alg,omitempty"` // signs userinfo; "": plain JSON
	LogoURI       string             `json:"logo_uri,omitempty"`
	TermsURI      string             `json:"tos_uri,omitempty"`
	PolicyURI     string             `json:"policy_uri,omitempty"`
	BrandColor    string             `json:"brand_color,omitempty"`     // #rrggbb
	Support       string             `json:"support,omitempty"`         // a mail or https address
	ExchangeFrom  []string           `json:"exchange_from,omitempty"`   // clients whose access tokens it may exchange
	MaxSessionAge time.Duration      `json:"max_session_age,omitempty"` // since the person proved the mailbox; 0: any

	ForeignLinks ForeignLinks `json:"foreign_links,omitempty"` // "": as the installation
	// NativeAPI: the application runs the login on its own screens (package
	// nativeapi). NativeLinkURI is where links of such mails lead, with ?token=
	// appended; "" for a page of ours.
	NativeAPI     bool   `json:"native_api,omitempty"`
	NativeLinkURI string `json:"native_link_uri,omitempty"`

	// Stranger: no administrator declared it; what it says of itself is its own word.
	Stranger bool `json:"stranger,omitempty"`
}

// Public reports whether the client holds no secret (RFC 6749 §2.1).
func (c *Client) Public() bool { return c.AuthMethod == AuthNone }

// MayGrant reports whether the client may use the grant type.
func (c *Client) MayGrant(grantType string) bool { return slices.Contains(c.GrantTypes, grantType) }

// AllowedScopes keeps those of asked that the client may have, once each, in
// the order asked. Scopes it may not have are dropped, not refused: RFC 6749
// §3.3 lets the answer say what was given.
func (c *Client) AllowedScopes(asked []string) []string {
	out := make([]string, 0, len(asked))
	for _, s := range asked {
		if slices.Contains(c.Scopes, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// AllowsRedirect reports whether uri is registered: byte by byte (RFC 9700
// §2.1), except that a native client's loopback address may have any port
// (RFC 8252 §7.3).
func (c *Client) AllowsRedirect(uri string) bool {
	return matchURI(c.RedirectURIs, uri, c.Native)
}

// AllowsPostLogoutRedirect is AllowsRedirect for the end of a session.
func (c *Client) AllowsPostLogoutRedirect(uri string) bool {
	return matchURI(c.PostLogoutRedirectURIs, uri, c.Native)
}

func matchURI(registered []string, uri string, native bool) bool {
	if uri == "" {
		return false
	}
	for _, r := range registered {
		if r == uri || native && loopbackWithoutPort(r) != "" && loopbackWithoutPort(r) == loopbackWithoutPort(uri) {
			return true
		}
	}
	return false
}

// loopbackWithoutPort cuts the port out of http://127.0.0.1:port/… or
// http://[::1]:port/…; "" if uri is anything else. It compares texts instead of
// parsing, so that nothing a parser forgives (user info, other spellings of the
// address, a fragment) can slip through.
func loopbackWithoutPort(uri string) string {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]", "http://localhost"} {
		rest, ok := strings.CutPrefix(uri, host)
		if !ok {
			continue
		}
		if port, isPort := strings.CutPrefix(rest, ":"); isPort {
			digits := len(port) - len(strings.TrimLeft(port, "0123456789"))
			if _, err := strconv.ParseUint(port[:digits], 10, 16); err != nil || port[0] == '0' {
				return "" // no such port, or not as anybody writes it
			}
			rest = port[digits:]
		}
		if rest == "" || rest[0] == '/' || rest[0] == '?' {
			return host + rest
		}
	}
	return ""
}

// NearestRedirect returns the registered redirect URI most like uri, to stand
// beside it in the error page; "" if none is registered.
func (c *Client) NearestRedirect(uri string) string {
	return spelling.Nearest(uri, c.RedirectURIs)
}
