package oidc

import (
	"net/http"
	"slices"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/text/language"

	"idp/internal/idp"
	"idp/internal/words"
)

// metadata is the discovery document (OpenID Connect Discovery §3, RFC 8414 §2).
// The library's type lacks the fields below.
type metadata struct {
	zoidc.DiscoveryConfiguration
	IssParameterSupported bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207 §3
	PromptValuesSupported []string `json:"prompt_values_supported"`
	// OpenID Connect Front-Channel Logout §3
	FrontchannelLogout        bool     `json:"frontchannel_logout_supported"`
	FrontchannelLogoutSession bool     `json:"frontchannel_logout_session_supported"`
	PushEndpoint              string   `json:"pushed_authorization_request_endpoint"` // RFC 9126 §5
	PushRequired              bool     `json:"require_pushed_authorization_requests"`
	DPoPAlgs                  []string `json:"dpop_signing_alg_values_supported"`                    // RFC 9449 §5.1
	SignedObjectRequired      bool     `json:"require_signed_request_object"`                        // RFC 9101 §10.5
	IntrospectionAlgs         []string `json:"introspection_signing_alg_values_supported"`           // RFC 9701 §7
	ResponseAlgs              []string `json:"authorization_signing_alg_values_supported,omitempty"` // JARM §4
	// OAuth Client ID Metadata Document §5
	ClientDocuments bool `json:"client_id_metadata_document_supported,omitempty"`
}

// The scopes and prompts that mean something here.
var (
	scopesSupported  = []string{"openid", "email", "profile", "offline_access"}
	promptsSupported = []string{"none", "login", "consent", "select_account", "create"}
)

// metadata lists exactly what is served.
func (p *Provider) metadata() metadata {
	auth := []zoidc.AuthMethod{zoidc.AuthMethodBasic, zoidc.AuthMethodPost, zoidc.AuthMethodPrivateKeyJWT, zoidc.AuthMethodNone}
	secrets := auth[:3]
	signed := names(idp.SigningAlgorithms)
	algs := names(idp.Algorithms)
	devices := ""
	if p.Clients.Any(func(c *idp.Client) bool { return c.MayGrant(idp.GrantDevice) }) {
		devices = p.Issuer + PathDevices
	}
	registration := ""
	if p.Registration {
		registration = p.Issuer + PathRegister
	}
	return metadata{
		DiscoveryConfiguration: zoidc.DiscoveryConfiguration{
			RegistrationEndpoint:                      registration,
			Issuer:                                    p.Issuer,
			AuthorizationEndpoint:                     p.Issuer + PathAuthorize,
			TokenEndpoint:                             p.Issuer + PathToken,
			UserinfoEndpoint:                          p.Issuer + PathUserinfo,
			IntrospectionEndpoint:                     p.Issuer + PathIntrospect,
			RevocationEndpoint:                        p.Issuer + PathRevoke,
			EndSessionEndpoint:                        p.Issuer + PathEndSession,
			DeviceAuthorizationEndpoint:               devices,
			JwksURI:                                   p.Issuer + PathJWKS,
			ScopesSupported:                           p.scopesSupported(),
			ResponseTypesSupported:                    []string{"code"},
			ResponseModesSupported:                    p.responseModes(),
			GrantTypesSupported:                       p.grantTypes(),
			ACRValuesSupported:                        []string{idp.ACREmail},
			SubjectTypesSupported:                     p.subjectTypes(),
			IDTokenSigningAlgValuesSupported:          algs,
			UserinfoSigningAlgValuesSupported:         p.forSome(algs, func(c *idp.Client) bool { return c.UserinfoAlg != "" }),
			TokenEndpointAuthMethodsSupported:         auth,
			RevocationEndpointAuthMethodsSupported:    auth,
			IntrospectionEndpointAuthMethodsSupported: secrets,

			ClaimsParameterSupported:                           true,
			RequestParameterSupported:                          true,
			RequestObjectSigningAlgValuesSupported:             names(idp.RequestAlgorithms),
			TokenEndpointAuthSigningAlgValuesSupported:         signed,
			RevocationEndpointAuthSigningAlgValuesSupported:    signed,
			IntrospectionEndpointAuthSigningAlgValuesSupported: signed,
			ClaimTypesSupported:                                []string{"normal"},
			ClaimsSupported:                                    p.claimsSupported(),
			BackChannelLogoutSupported:                         true,
			BackChannelLogoutSessionSupported:                  true,
			UILocalesSupported:                                 uiLocales(),
			CodeChallengeMethodsSupported:                      []zoidc.CodeChallengeMethod{zoidc.CodeChallengeMethodS256},
		},
		IssParameterSupported: true,
		PromptValuesSupported: promptsSupported,
		PushEndpoint:          p.Issuer + PathPush,
		DPoPAlgs:              signed,
		FrontchannelLogout:    true, FrontchannelLogoutSession: true,
		IntrospectionAlgs: algs,
		ResponseAlgs:      p.forSome(algs, (*idp.Client).SignsResponses),
		ClientDocuments:   p.ClientDocuments,
	}
}

// uiLocales are the languages of the pages and letters.
func uiLocales() (out zoidc.Locales) {
	for _, l := range words.Locales() {
		out = append(out, language.MustParse(l))
	}
	return out
}

// forSome is the list if the question is answered with yes for some client.
func (p *Provider) forSome(list []string, question func(*idp.Client) bool) []string {
	if p.Clients.Any(question) {
		return list
	}
	return nil
}

func names(algorithms []idp.Algorithm) (out []string) {
	for _, a := range algorithms {
		out = append(out, string(a))
	}
	return out
}

// scopesSupported adds groups if some client may have it.
func (p *Provider) scopesSupported() []string {
	if p.Clients.Any(hasGroups) {
		return append(slices.Clone(scopesSupported), "groups")
	}
	return scopesSupported
}

// Discovery serves the document at both well-known paths.
func (p *Provider) Discovery(w http.ResponseWriter, r *http.Request) error {
	p.corsOfAny(w, r)
	version := p.Clients.Version()
	d := p.discovery.Load()
	if d == nil || d.version != version {
		d = &discovered{version, newDocument(p.metadata())}
		p.discovery.Store(d)
	}
	d.document.serve(w, r)
	return nil
}

// discovered is the document as it is for one version of the clients: what none
// of them may use is not listed.
type discovered struct {
	version  string
	document document
}

// JWKS serves the public keys (RFC 7517).
func (p *Provider) JWKS(w http.ResponseWriter, r *http.Request) error {
	p.corsOfAny(w, r)
	p.Keys.JWKS().serve(w, r)
	return nil
}
