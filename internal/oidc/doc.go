// Package oidc is the protocol: the OAuth 2.0 and OpenID Connect endpoints.
//
// Every handler is ours; gorilla/mux routes to them. From zitadel/oidc v3 come
// the protocol's types and functions, which are exported, stable and right:
//
//	AccessTokenResponse, IDTokenClaims, AccessTokenClaims, UserInfo,
//	IntrospectionResponse, DiscoveryConfiguration,
//	LogoutTokenClaims                               the shapes of our answers
//	InvalidRequest, InvalidGrant, ...               OAuth error codes
//	ClaimHash                                       at_hash
//	NewSHACodeChallenge                             PKCE S256
//	ParseToken, CheckIssuer, CheckSignature         verification of tokens of ours
//	crypto.SignPayload                              JWS
//
// Not used, and why: its Provider, LegacyServer, router and storage flow leave
// codes redeemable twice, bind a request to no browser, accept plain PKCE,
// repeated parameters and secrets in queries, and skip the audience of an
// id_token_hint; its Error knows a closed set of codes; VerifyCodeChallenge compares in variable time. Requests are
// parsed by hand from the strictly filtered form instead of by its schema
// decoder.
//
// What applications sign is read by internal/proof: client assertions
// (assertion.go), request objects (requestobject.go), DPoP proofs (dpop.go).
//
// Files are named for their endpoint. The walk of one sign-in is authorize.go,
// decide.go, respond.go, token.go, token_code.go, issue.go.
package oidc
