package mail

import (
	htmltemplate "html/template"
	"strings"

	"idp/internal/secret"
)

// nativeLink is the registered address with the token appended.
func nativeLink(uri string, token secret.Token) htmltemplate.URL {
	sep := "?"
	if strings.Contains(uri, "?") {
		sep = "&"
	}
	return htmltemplate.URL(uri + sep + "token=" + token.Reveal()) //nolint:gosec // an administrator registered it
}
