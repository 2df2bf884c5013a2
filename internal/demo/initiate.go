package demo

import (
	"fmt"
	"net/http"
	"net/url"
)

// maxForm bounds the form another site may post to /initiate-login, in bytes.
const maxForm = 16 << 10

// initiateLogin is third-party-initiated login (OpenID Connect Core §4): only
// our provider may be named, and only a page of this application as the target.
func (a *App) initiateLogin(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", errBadRequest, err)
	}
	if r.Form.Get("iss") != a.cfg.Issuer {
		return errForeignIssuer
	}
	login := url.Values{}
	if hint := r.Form.Get("login_hint"); hint != "" {
		login.Set("login_hint", hint)
	}
	if r.Form.Get("target_link_uri") != "" {
		target, ok := a.ownURL(r.Form.Get("target_link_uri"))
		if !ok {
			return errForeignTarget
		}
		login.Set("return_to", target)
	}
	next := a.cfg.BaseURL + "/login"
	if len(login) > 0 {
		next += "?" + login.Encode()
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}
