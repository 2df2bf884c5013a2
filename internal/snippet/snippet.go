package snippet

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/presets"
)

// Snippet is what one application needs.
type Snippet struct {
	Client        string   `json:"client"`
	To            string   `json:"to"`               // which file or page of the application
	Text          string   `json:"text"`             // what to put there
	Secret        string   `json:"secret,omitempty"` // where it is; "" if only its hash is known
	Notes         []string `json:"notes,omitempty"`
	Documentation string   `json:"documentation,omitempty"` // the application's own page
}

// For makes the snippet of a declared client, or returns idp.ErrNotFound.
func For(cfg *config.Config, id string) (*Snippet, error) {
	at := slices.IndexFunc(cfg.Clients, func(c config.Client) bool { return c.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("client %s: %w", id, idp.ErrNotFound)
	}
	entry, declared := &cfg.Clients[at], &cfg.Declared[at]
	v := values(cfg, entry, declared)
	if entry.Preset == "" {
		s := presets.Generic(v)
		return &Snippet{Client: id, To: s.To, Text: s.Text, Secret: place(entry)}, nil
	}
	p, err := presets.Find(entry.Preset)
	if err != nil {
		return nil, fmt.Errorf("client %s: %w", id, err)
	}
	out := &Snippet{Client: id, To: p.Snippet.To, Text: p.Snippet.Render(v), Secret: place(entry), Documentation: p.Documentation}
	if p.Notes != "" {
		out.Notes = append(out.Notes, p.Notes)
	}
	if first := p.At(v.URL).RedirectURIs[0]; !slices.Contains(declared.RedirectURIs, first) {
		out.Notes = append(out.Notes, fmt.Sprintf("The entry of this client has redirect_uris of its own, and %s is not among them.", first))
	}
	return out, nil
}

// place says where a client's secret is, the first if there are several: another one
// is there to be taken out of use.
func place(c *config.Client) string {
	for _, s := range c.Secrets {
		if s.Place() != "" {
			return s.Place()
		}
	}
	return ""
}

func values(cfg *config.Config, entry *config.Client, c *idp.Client) presets.Values {
	pkce := "required, with S256"
	if c.PKCEOptional {
		pkce = "S256 if the application can do it"
	}
	return presets.Values{
		Issuer: cfg.Issuer, Provider: cfg.IssuerURL.Host, ClientID: c.ID, URL: strings.TrimSuffix(entry.URL, "/"),
		Authorize: cfg.Issuer + oidc.PathAuthorize, Token: cfg.Issuer + oidc.PathToken, Userinfo: cfg.Issuer + oidc.PathUserinfo,
		JWKS: cfg.Issuer + oidc.PathJWKS, EndSession: cfg.Issuer + oidc.PathEndSession, Discovery: cfg.Issuer + oidc.PathOpenID,
		RedirectURIs: c.RedirectURIs, PostLogout: c.PostLogoutRedirectURIs, Scopes: c.Scopes,
		AuthMethod: cmp.Or(string(c.AuthMethod), string(idp.AuthBasic)+" or "+string(idp.AuthPost)), PKCE: pkce,
		TokenAlg: string(c.IDTokenAlg), Public: c.Public() || c.AuthMethod == idp.AuthKey,
	}
}

// Write prints the snippet for people.
func (s *Snippet) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "For %s\n\n%s", s.To, indented(s.Text))
	if strings.Contains(s.Text, presets.SecretPlaceholder) {
		fmt.Fprintf(&b, "\nIn the place of %s belongs the secret %s.\n", presets.SecretPlaceholder, cmp.Or(s.Secret, "that idp client secret printed; here is only its hash"))
	}
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	if s.Documentation != "" {
		fmt.Fprintf(&b, "\nMore: %s\n", s.Documentation)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
