package idp

import "slices"

// The response modes: how an authorization response reaches the client (OAuth 2.0
// Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response
// Mode), and the same as one signed text (JARM §2.3).
const (
	ModeQuery    = "query"
	ModeForm     = "form_post"
	ModeJWT      = "jwt" // the signed form of the default, query
	ModeQueryJWT = "query.jwt"
	ModeFormJWT  = "form_post.jwt"
)

// PlainModes are those of a client that registered none.
var PlainModes = []string{ModeQuery, ModeForm}

// SignedModes are those of JARM.
var SignedModes = []string{ModeJWT, ModeQueryJWT, ModeFormJWT}

// Modes are the response modes that the client may ask for.
func (c *Client) Modes() []string {
	if len(c.ResponseModes) == 0 {
		return PlainModes
	}
	return c.ResponseModes
}

// SignsResponses reports whether the client may ask for a signed response.
func (c *Client) SignsResponses() bool {
	return slices.ContainsFunc(c.ResponseModes, func(m string) bool { return slices.Contains(SignedModes, m) })
}
