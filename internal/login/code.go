package login

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/web"
)

// SubmitCode checks a typed code and goes on, or goes back to the waiting page,
// whose address then says what is wrong: an answer to a form could not be
// reloaded or gone back to.
func (h *Handlers) SubmitCode(w http.ResponseWriter, r *http.Request) error {
	id, asker := r.PathValue("challenge"), h.Callers.Asker(r)
	if err := h.pace.use(asker.Browser, h.Now()); err != nil {
		return h.limited(err, nil, "/login/c/"+id)
	}
	ok, token, err := h.Login.SubmitCode(r.Context(), id, r.PostForm.Get("code"), asker)
	event := reqlog.From(r.Context())
	if err == nil {
		event.UserID, event.ClientID, event.Outcome = ok.User.ID, ok.Challenge.ClientID, "login.code_redeemed"
		h.signIn(w, ok, token, asker)
		return h.goOn(w, r, &ok)
	}
	event.Challenge, event.Outcome, event.Err = id, "login.code_refused", err
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrForeignBrowser) {
		return oidc.FlowProblem(nil, err, h.Clients, h.Issuer)
	}
	var l *idp.LimitedError
	wait := "/login/c/" + id
	switch {
	case errors.Is(err, idp.ErrUsed), errors.Is(err, idp.ErrExpired), errors.Is(err, magiclink.ErrCancelled):
		return seeOther(w, wait) // a second press of the button is no mistake; the page says how things stand
	case errors.Is(err, idp.ErrWrongCode), errors.Is(err, idp.ErrRevoked), errors.Is(err, idp.ErrLocked):
		return seeOther(w, wait+"?refused=code")
	case errors.As(err, &l) && l.Limit == "wrong_short_codes":
		return seeOther(w, wait+"?refused=short")
	case errors.As(err, &l) && l.Limit == "wrong_per_address":
		return seeOther(w, wait+"?refused=rest")
	case errors.As(err, &l):
		return &web.Problem{
			Status: http.StatusTooManyRequests, About: "many_codes",
			RetryAt: l.RetryAt, Cause: err, Action: web.Action{Do: "back_to_code", URL: wait},
		}
	}
	return h.limited(err, nil, wait)
}

// SubmitResend asks for another mail.
func (h *Handlers) SubmitResend(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("challenge")
	asker := h.Callers.Asker(r)
	if err := h.pace.use(asker.Browser, h.Now()); err != nil {
		return h.limited(err, nil, "/login/c/"+id)
	}
	err := h.Login.SendAgain(r.Context(), id, asker)
	switch {
	case err == nil:
		reqlog.From(r.Context()).Outcome = "login.asked_again"
		return seeOther(w, "/login/c/"+id)
	case errors.Is(err, idp.ErrUsed), errors.Is(err, idp.ErrExpired), errors.Is(err, magiclink.ErrCancelled):
		return seeOther(w, "/login/c/"+id) // the page says what happened
	case errors.Is(err, idp.ErrNotFound), errors.Is(err, idp.ErrForeignBrowser):
		return oidc.FlowProblem(nil, err, h.Clients, h.Issuer)
	}
	return h.limited(err, nil, "/login/c/"+id)
}
