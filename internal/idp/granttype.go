package idp

// The grant types of the token endpoint.
const (
	GrantCode     = "authorization_code"
	GrantRefresh  = "refresh_token"
	GrantClient   = "client_credentials"                              // RFC 6749 §4.4
	GrantDevice   = "urn:ietf:params:oauth:grant-type:device_code"    // RFC 8628
	GrantExchange = "urn:ietf:params:oauth:grant-type:token-exchange" // RFC 8693
)
