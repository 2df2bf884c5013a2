package demo

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
)

// finishLogin takes the provider's answer. The order matters: until the state
// shows that this browser asked, and iss that our provider answered, nothing
// else in the query is believed or even shown.
func (a *App) finishLogin(w http.ResponseWriter, r *http.Request) error {
	answer := r.URL.Query()
	at, err := a.takeAttempt(w, r, answer.Get("state"))
	if err != nil {
		return err
	}
	provider, err := a.provider.get(r.Context())
	if err != nil {
		return err
	}
	if err := a.checkSender(answer, provider.metadata.NamesIssuer); err != nil {
		return err
	}
	if code := answer.Get("error"); code != "" {
		return &refusal{Code: code, Description: answer.Get("error_description")}
	}
	granted, err := provider.redeem(r.Context(), answer.Get("code"), at)
	if err != nil {
		return fmt.Errorf("finish sign-in: %w", err)
	}
	a.signIn(w, r, granted)
	// The cookie was in the browser's hands, so its target is checked again.
	target, _ := a.ownURL(at.ReturnTo)
	http.Redirect(w, r, cmp.Or(target, a.cfg.BaseURL+"/"), http.StatusSeeOther)
	return nil
}

// checkSender is RFC 9207 §2.4: an answer from another provider, or one that
// hides its sender although ours never does, is a mix-up attack.
func (a *App) checkSender(answer url.Values, promised bool) error {
	if !answer.Has("iss") && !promised {
		return nil
	}
	if answer.Get("iss") != a.cfg.Issuer {
		return errWrongSender
	}
	return nil
}
