package oidc

import (
	"net/http"

	zoidc "github.com/zitadel/oidc/v3/pkg/oidc"

	"idp/internal/idp"
)

// metadata is the discovery document (OpenID Connect Discovery §3, RFC 8414 §2).
// The library's type lacks the fields below.
type metadata struct {
	zoidc.DiscoveryConfiguration
	IssParameterSupported bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207 §3
	PromptValuesSupported []string `json:"prompt_values_supported"`
	// OAuth Client ID Metadata Document §5
	ClientDocuments bool `json:"client_id_metadata_document_supported,omitempty"`
}

// The scopes and prompts that mean something here.
var (
	scopesSupported  = []string{"openid", "email", "profile", "offline_access"}
	promptsSupported = []string{"none", "login", "consent", "select_account"}
)

// metadata lists exactly what is served.
func (p *Provider) metadata() metadata {
	auth := []zoidc.AuthMethod{zoidc.AuthMethodBasic, zoidc.AuthMethodPost, zoidc.AuthMethodNone}
	secrets := auth[:2]
	var algs []string
	for _, a := range idp.Algorithms {
		algs = append(algs, string(a))
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
			JwksURI:                                   p.Issuer + PathJWKS,
			ScopesSupported:                           scopesSupported,
			ResponseTypesSupported:                    []string{"code"},
			ResponseModesSupported:                    []string{"query", "form_post"},
			GrantTypesSupported:                       []zoidc.GrantType{zoidc.GrantTypeCode, zoidc.GrantTypeRefreshToken},
			ACRValuesSupported:                        []string{idp.ACREmail},
			SubjectTypesSupported:                     []string{"public"},
			IDTokenSigningAlgValuesSupported:          algs,
			TokenEndpointAuthMethodsSupported:         auth,
			RevocationEndpointAuthMethodsSupported:    auth,
			IntrospectionEndpointAuthMethodsSupported: secrets,
			ClaimTypesSupported:                       []string{"normal"},
			ClaimsSupported:                           claimsSupported,
			CodeChallengeMethodsSupported:             []zoidc.CodeChallengeMethod{zoidc.CodeChallengeMethodS256},
		},
		IssParameterSupported: true,
		PromptValuesSupported: promptsSupported,
		ClientDocuments:       p.ClientDocuments,
	}
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
