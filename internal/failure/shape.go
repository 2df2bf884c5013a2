package failure

import (
	"fmt"
	"strings"

	"idp/internal/idp"
	"idp/internal/pattern"
)

var (
	addressShape = pattern.Lazy(`^[A-Za-z][A-Za-z0-9+.-]*:[^\s]*$`)
	idShape      = pattern.Lazy(`^(https://[^\s]+|[A-Za-z0-9][A-Za-z0-9._~-]{0,99})$`)
	wordShape    = pattern.Lazy(`^[A-Za-z][A-Za-z0-9_.:/-]{0,79}$`)
)

// shaped keeps what a request had only in the shape that belongs there: whatever
// else somebody put into the parameter may be a password.
func shaped(kind idp.FailureKind, text string) string {
	switch kind {
	case idp.FailRedirect, idp.FailRedirectMoved, idp.FailPostLogout, idp.FailTarget, idp.FailOrigin:
		if text != "" && text != "null" && !addressShape().MatchString(text) {
			return fmt.Sprintf("%d characters that are no address", len(text))
		}
	case idp.FailUnknownClient:
		return clientID(text)
	case idp.FailScope, idp.FailResponseType, idp.FailResponseMode, idp.FailGrantType, idp.FailPKCEMethod, idp.FailUnsupported, idp.FailContentType:
		words := strings.Fields(text)
		for i, w := range words {
			if !wordShape().MatchString(w) {
				words[i] = "…"
			}
		}
		return strings.Join(words, " ")
	}
	return text
}

func clientID(text string) string {
	if text != "" && !idShape().MatchString(text) {
		return fmt.Sprintf("%d characters that are no client_id", len(text))
	}
	return text
}
