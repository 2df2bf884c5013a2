package apptest

import (
	_ "embed"
	"strings"
)

//go:embed clients.yaml
var clientsYAML string

// Client is an application as it knows itself: what it was registered with.
type Client struct {
	ID       string
	Secret   string // "" for a public client
	Redirect string // the redirect URI it sends
}

// Public reports whether the client has no secret.
func (c Client) Public() bool { return c.Secret == "" }

// The clients of every provider of this package. clients.yaml says how each is
// registered; what it does not say is the product's default.
var (
	Web    = Confidential("web") // two redirect URIs, two addresses after sign-out
	Other  = Confidential("other")
	Basic  = Confidential("basic") // client_secret_basic only
	Post   = Confidential("post")  // client_secret_post only, two secrets
	Spa    = Client{ID: "spa", Redirect: "https://spa.example.com/callback"}
	Native = Client{ID: "native", Redirect: "http://127.0.0.1:54321/callback"}

	Once   = Confidential("once")   // asks for consent once
	Always = Confidential("always") // asks for consent every time
	Loose  = Confidential("loose")  // PKCE is optional

	JWT     = Confidential("jwt") // access tokens are at+jwt
	ES256   = Confidential("es256")
	EdDSA   = Confidential("eddsa")
	PS256   = Confidential("ps256")   // at+jwt too
	Minimal = Confidential("minimal") // no claims about the person in ID tokens
	Brief   = Confidential("brief")   // no refresh tokens, openid and email only
	Short   = Confidential("short")   // lives: access 1 minute, ID 5 minutes, refresh 10 idle hours, 24 in all
)

// Confidential is a client with a secret that a test registers by the option
// Clients: id.example.com, secrets: [env:ID_SECRET].
func Confidential(id string) Client {
	return Client{ID: id, Secret: clientSecret(strings.ToUpper(id) + "_SECRET"), Redirect: "https://" + id + ".example.com/callback"}
}

// PostNextSecret is the second secret of Post.
var PostNextSecret = clientSecret("POST_NEXT_SECRET")

// clientSecret is the secret behind a name in clients.yaml. It has characters
// that a client must encode for HTTP Basic (RFC 6749 §2.3.1).
func clientSecret(name string) string {
	return strings.ToLower(name) + ": 100% +/&= of it, at least"
}
