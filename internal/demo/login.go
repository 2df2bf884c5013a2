package demo

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// maxLoginHint is the longest address there is (RFC 5321 §4.5.3.1), and a little.
const maxLoginHint = 320

// prompts are the values of OpenID Connect Core §3.1.2.1 that /login passes on.
var prompts = map[string]bool{"none": true, "login": true, "consent": true, "select_account": true}

// startLogin sends the browser to the provider with a fresh state, nonce and
// PKCE verifier. The query may carry prompt, login_hint, max_age and return_to.
func (a *App) startLogin(w http.ResponseWriter, r *http.Request) error {
	provider, err := a.provider.get(r.Context())
	if err != nil {
		return err
	}
	at := newAttempt()
	query := r.URL.Query()
	at.ReturnTo = query.Get("return_to") // checked when it is used
	if age, err := strconv.ParseUint(query.Get("max_age"), 10, 31); err == nil {
		seconds := int64(age)
		at.MaxAge = &seconds
	}
	if err := a.keepAttempt(w, at); err != nil {
		return err
	}
	options := append(wishes(query, at),
		oidc.Nonce(at.Nonce),
		oauth2.S256ChallengeOption(at.Verifier),
	)
	http.Redirect(w, r, provider.oauth.AuthCodeURL(at.State, options...), http.StatusSeeOther)
	return nil
}

// wishes are the parameters of /login that are passed on to the provider.
func wishes(query url.Values, at attempt) []oauth2.AuthCodeOption {
	var options []oauth2.AuthCodeOption
	if prompt := query.Get("prompt"); knownPrompt(prompt) {
		options = append(options, oauth2.SetAuthURLParam("prompt", prompt))
	}
	if hint := query.Get("login_hint"); hint != "" && len(hint) <= maxLoginHint {
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
	}
	if at.MaxAge != nil {
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.FormatInt(*at.MaxAge, 10)))
	}
	return options
}

func knownPrompt(prompt string) bool {
	for _, word := range strings.Split(prompt, " ") {
		if !prompts[word] {
			return false
		}
	}
	return true
}
