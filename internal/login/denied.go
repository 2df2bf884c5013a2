package login

import (
	"net/http"

	"idp/internal/reqlog"
)

// ShowDenied tells a person that their address may not use the application, and
// offers another address and the way back. Who meanwhile may, or is somebody
// else, goes on.
func (h *Handlers) ShowDenied(w http.ResponseWriter, r *http.Request) error {
	sealed, f, c, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	if c.Admits(&in.User) {
		return seeOther(w, next(sealed))
	}
	return h.Pages.Render(w, r, http.StatusForbidden, own("denied", f, c, in, map[string]any{"Flow": sealed, "Email": in.User.Email}))
}

// SubmitDenied takes the person back to the application, which hears
// access_denied.
func (h *Handlers) SubmitDenied(w http.ResponseWriter, r *http.Request) error {
	_, f, c, in, err := h.signedInFlow(w, r)
	if err != nil || in == nil {
		return err
	}
	reqlog.From(r.Context()).Outcome = "login.not_admitted"
	return h.Deny(w, r, f, c)
}
