package demo

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// logoutTTL is the time to answer a question of the provider on the way out.
const logoutTTL = 10 * time.Minute

// submitLogout ends the session here first, so that it is over whatever the
// provider does, and then asks the provider to end its own (OpenID Connect
// RP-Initiated Logout §2).
func (a *App) submitLogout(w http.ResponseWriter, r *http.Request) error {
	id, current, ok := a.session(r)
	a.sessions.remove(id)
	a.dropCookie(w, sessionCookie, "/")
	if !ok {
		http.Redirect(w, r, "/signed-out", http.StatusSeeOther)
		return nil
	}
	provider, err := a.provider.get(r.Context())
	if err != nil {
		return err
	}
	if provider.metadata.EndSession == "" {
		http.Redirect(w, r, "/signed-out", http.StatusSeeOther)
		return nil
	}
	end, err := url.Parse(provider.metadata.EndSession)
	if err != nil {
		return fmt.Errorf("read end_session_endpoint: %w", err)
	}
	state := rand.Text()
	a.setCookie(w, logoutCookie, state, "/signed-out", logoutTTL)
	query := end.Query()
	query.Set("client_id", a.cfg.ClientID)
	query.Set("id_token_hint", current.Grant.IDToken)
	query.Set("post_logout_redirect_uri", a.cfg.BaseURL+"/signed-out")
	query.Set("state", state)
	end.RawQuery = query.Encode()
	http.Redirect(w, r, end.String(), http.StatusSeeOther)
	return nil
}

// showSignedOut says what is over. Only the state of our own request proves
// that the provider was asked; a link from elsewhere proves nothing.
func (a *App) showSignedOut(w http.ResponseWriter, r *http.Request) error {
	if _, _, ok := a.session(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	everywhere := false
	if cookie, err := r.Cookie(logoutCookie); err == nil {
		state := r.URL.Query().Get("state")
		everywhere = subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) == 1
	}
	return a.pages.show(w, http.StatusOK, "signed_out", a.view("Signed out", everywhere))
}
