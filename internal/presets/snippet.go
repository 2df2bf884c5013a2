package presets

import "strings"

// SecretPlaceholder stands where the application keeps its secret. The secret
// itself is known to nobody here: the configuration has its hash.
const SecretPlaceholder = "PUT-THE-CLIENT-SECRET-HERE"

// Values are what a snippet needs to know of the provider and the client.
type Values struct {
	Issuer, Provider            string // the issuer, and what buttons call this provider
	ClientID, URL               string // URL is where the application is
	Authorize, Token, Userinfo  string // the endpoints
	JWKS, EndSession, Discovery string
	RedirectURIs, PostLogout    []string
	Scopes                      []string
	AuthMethod, PKCE, TokenAlg  string
	Public                      bool // no secret
}

// Render is the text for a client.
func (s Snippet) Render(v Values) string {
	return v.replacer().Replace(s.Text)
}

func (v Values) replacer() *strings.Replacer {
	return strings.NewReplacer(
		"{issuer}", v.Issuer, "{name}", v.Provider, "{client_id}", v.ClientID, "{secret}", SecretPlaceholder, "{url}", v.URL,
		"{url-with-port}", withPort(v.URL), "{authorization_endpoint}", v.Authorize, "{token_endpoint}", v.Token,
		"{userinfo_endpoint}", v.Userinfo, "{jwks_uri}", v.JWKS, "{discovery}", v.Discovery,
	)
}

// Generic is the text for an application that no preset knows: what the forms of
// most of them ask for.
func Generic(v Values) Snippet {
	lines := []struct{ label, value string }{
		{"Issuer", v.Issuer}, {"Discovery", v.Discovery}, {"Client ID", v.ClientID}, {"Client secret", secretOf(v)},
		{"Client authentication", v.AuthMethod}, {"PKCE", v.PKCE}, {"Scopes", strings.Join(v.Scopes, " ")},
		{"Signature of ID tokens", v.TokenAlg}, {"Redirect URI", strings.Join(v.RedirectURIs, "\n")},
		{"After the sign-out", strings.Join(v.PostLogout, "\n")},
		{"Authorization endpoint", v.Authorize}, {"Token endpoint", v.Token}, {"Userinfo endpoint", v.Userinfo},
		{"JWKS", v.JWKS}, {"End of session endpoint", v.EndSession},
	}
	var b strings.Builder
	for _, l := range lines {
		label := l.label + ":"
		for value := range strings.SplitSeq(l.value, "\n") {
			if value == "" {
				continue
			}
			b.WriteString(label + strings.Repeat(" ", 26-len(label)) + value + "\n")
			label = ""
		}
	}
	return Snippet{To: "the application's settings for OpenID Connect", Text: b.String()}
}

func secretOf(v Values) string {
	if v.Public {
		return "none: this client has no secret"
	}
	return SecretPlaceholder
}
