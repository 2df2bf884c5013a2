package oidc

import (
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
	"idp/internal/proof"
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
	DPoPAlgs                  []string `json:"dpop_signing_alg_values_supported"` // RFC 9449 §5.1
	SignedObjectRequired      bool     `json:"require_signed_request_object"`     // RFC 9101 §10.5
}

// The scopes and prompts that mean something here.
var (
	scopesSupported  = []string{"openid", "email", "profile", "offline_access"}
	promptsSupported = []string{"none", "login", "consent", "select_account"}
)

// metadata lists exactly what is served.
func (p *Provider) metadata() metadata {
	auth := []zoidc.AuthMethod{zoidc.AuthMethodBasic, zoidc.AuthMethodPost, zoidc.AuthMethodPrivateKeyJWT, zoidc.AuthMethodNone}
	secrets := auth[:3]
	signed := names(proof.Algorithms)
	return metadata{
		DiscoveryConfiguration: zoidc.DiscoveryConfiguration{
			Issuer:                                    p.Issuer,
			AuthorizationEndpoint:                     p.Issuer + PathAuthorize,
			TokenEndpoint:                             p.Issuer + PathToken,
			UserinfoEndpoint:                          p.Issuer + PathUserinfo,
			IntrospectionEndpoint:                     p.Issuer + PathIntrospect,
			RevocationEndpoint:                        p.Issuer + PathRevoke,
			EndSessionEndpoint:                        p.Issuer + PathEndSession,
			JwksURI:                                   p.Issuer + PathJWKS,
			ScopesSupported:                           scopesSupported,
			ResponseTypesSupported:                    []string{"code"},
			ResponseModesSupported:                    []string{"query", "form_post"},
			GrantTypesSupported:                       []zoidc.GrantType{zoidc.GrantTypeCode, zoidc.GrantTypeRefreshToken},
			ACRValuesSupported:                        []string{idp.ACREmail},
			SubjectTypesSupported:                     []string{"public"},
			IDTokenSigningAlgValuesSupported:          names(idp.Algorithms),
			TokenEndpointAuthMethodsSupported:         auth,
			RevocationEndpointAuthMethodsSupported:    auth,
			IntrospectionEndpointAuthMethodsSupported: secrets,

			ClaimsParameterSupported:                           true,
			RequestParameterSupported:                          true,
			RequestObjectSigningAlgValuesSupported:             signed,
			TokenEndpointAuthSigningAlgValuesSupported:         signed,
			RevocationEndpointAuthSigningAlgValuesSupported:    signed,
			IntrospectionEndpointAuthSigningAlgValuesSupported: signed,
			ClaimTypesSupported:                                []string{"normal"},
			ClaimsSupported:                                    claimsSupported,
			BackChannelLogoutSupported:                         true,
			BackChannelLogoutSessionSupported:                  true,
			CodeChallengeMethodsSupported:                      []zoidc.CodeChallengeMethod{zoidc.CodeChallengeMethodS256},
		},
		IssParameterSupported: true,
		PromptValuesSupported: promptsSupported,
		FrontchannelLogout:    true, FrontchannelLogoutSession: true,
		PushEndpoint: p.Issuer + PathPush,
		DPoPAlgs:     signed,
	}
}

func names(algorithms []idp.Algorithm) (out []string) {
	for _, a := range algorithms {
		out = append(out, string(a))
	}
	return out
}

// Discovery serves the document at both well-known paths.
func (p *Provider) Discovery(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	p.discovery.serve(w, r)
	return nil
}

// JWKS serves the public keys (RFC 7517).
func (p *Provider) JWKS(w http.ResponseWriter, r *http.Request) error {
	p.cors(w, r)
	p.Keys.JWKS().serve(w, r)
	return nil
}
