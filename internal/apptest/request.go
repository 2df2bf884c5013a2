package apptest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
)

// Request is an authorization request with what the client keeps for its answer.
type Request struct {
	Client   Client
	Params   url.Values
	Verifier string // of PKCE; "" if the request goes without
}

// NewRequest makes a request with PKCE, state and nonce for the scopes openid,
// email and profile.
func NewRequest(c Client) Request {
	verifier := rand.Text() + rand.Text()
	return Request{Client: c, Verifier: verifier, Params: url.Values{
		"client_id": {c.ID}, "redirect_uri": {c.Redirect}, "response_type": {"code"}, "scope": {"openid email profile"},
		"state": {rand.Text()}, "nonce": {rand.Text()}, "code_challenge": {Challenge(verifier)}, "code_challenge_method": {"S256"},
	}}
}

// Offline is NewRequest that asks for a refresh token too.
func Offline(c Client) Request {
	return NewRequest(c).With("scope", "openid email profile offline_access")
}

// Challenge is the S256 code challenge of a verifier (RFC 7636 §4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// With returns the request with parameters set, given as names and values in
// turn.
func (r Request) With(namesAndValues ...string) Request {
	r.Params = cloned(r.Params)
	for i := 0; i < len(namesAndValues); i += 2 {
		r.Params.Set(namesAndValues[i], namesAndValues[i+1])
	}
	return r
}

// Without returns the request without the named parameters.
func (r Request) Without(names ...string) Request {
	r.Params = cloned(r.Params)
	for _, n := range names {
		r.Params.Del(n)
	}
	return r
}

// WithoutPKCE returns the request as a client sends it that knows no PKCE.
func (r Request) WithoutPKCE() Request {
	r.Verifier = ""
	return r.Without("code_challenge", "code_challenge_method")
}

// Path is the address of the request at the provider.
func (r Request) Path() string { return "/authorize?" + r.Params.Encode() }

func cloned(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = append([]string(nil), values...)
	}
	return out
}
