package presets

import (
	"fmt"
	"io"
	"strings"
)

// WriteTable writes the presets as a table in Markdown, and below it their notes
// and what they were checked against: the part of docs/applications/README.md that
// is made from them.
func WriteTable(w io.Writer, all []Preset) error {
	var b strings.Builder
	b.WriteString("| preset | application | url, for example | redirect URIs | client authentication | PKCE | logout |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, p := range all {
		method := orElse(p.AuthMethod, "basic or post")
		if p.Type == "native" {
			method = "none"
		}
		fmt.Fprintf(&b, "| `%s` | [%s](%s) | %s | %s | %s | %s | %s |\n", p.Key, p.Name, p.Documentation, orElse(p.Example, "none"),
			code(p.RedirectURIs), strings.TrimPrefix(method, "client_secret_"), p.PKCE, logout(p))
	}
	b.WriteString("\n")
	for _, p := range all {
		if p.Notes != "" {
			fmt.Fprintf(&b, "- **%s** (`%s`): %s\n", p.Name, p.Key, p.Notes)
		}
	}
	b.WriteString("\n## What they were checked against\n\nPublic pages, and files of public repositories.\n\n")
	for _, p := range all {
		b.WriteString(p.Checked.line(p))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func logout(p Preset) string {
	var ways []string
	if len(p.PostLogoutRedirectURIs) > 0 {
		ways = append(ways, "from the application")
	}
	if p.BackchannelLogoutURI != "" {
		ways = append(ways, "back-channel")
	}
	return strings.Join(ways, ", ")
}

func code(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = "`" + t + "`"
	}
	return strings.Join(out, " ")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
