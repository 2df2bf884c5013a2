package idp

// The grant types of the token endpoint.
const (
	GrantCode    = "authorization_code"
	GrantRefresh = "refresh_token"
	GrantClient  = "client_credentials" // RFC 6749 §4.4
)
