package mail

import (
	"strings"

	"idp/internal/markup"
	"idp/internal/secret"
)

// nativeLink is the registered address with the token appended.
func nativeLink(uri string, token secret.Token) markup.URL {
	sep := "?"
	if strings.Contains(uri, "?") {
		sep = "&"
	}
	return markup.URL(uri + sep + "token=" + token.Reveal())
}
