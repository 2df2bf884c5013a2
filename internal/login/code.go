package login

import (
	"errors"
	"fmt"
	"net/http"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/web"
)

const lockedText = "That was the last try for codes here. The link in the mail still works, or start again with “Use another address”."

// SubmitCode checks a typed code and goes on, or shows the page again with what
// is wrong.
func (h *Handlers) SubmitCode(w http.ResponseWriter, r *http.Request) error {
	id, asker := r.PathValue("challenge"), h.Callers.Asker(r)
	ok, token, err := h.Login.SubmitCode(r.Context(), id, r.PostForm.Get("code"), asker)
	event := reqlog.From(r.Context())
	if err == nil {
		event.UserID, event.ClientID, event.Outcome = ok.User.ID, ok.Challenge.ClientID, "login.code_redeemed"
		h.signIn(w, ok, token)
		return seeOther(w, next(ok.Challenge.Flow))
	}
	event.Outcome, event.Err = "login.code_refused", err
	if errors.Is(err, idp.ErrNotFound) || errors.Is(err, idp.ErrForeignBrowser) {
		return oidc.FlowProblem(nil, err, h.Clients)
	}
	return h.codeRefused(w, r, err)
}

// codeRefused shows the waiting page with the reason, or what an approval that
// happened meanwhile makes of it: a second press of the button is no mistake.
func (h *Handlers) codeRefused(w http.ResponseWriter, r *http.Request, cause error) error {
	st, err := h.status(r)
	if err != nil {
		return err
	}
	var l *idp.LimitedError
	switch {
	case errors.Is(cause, idp.ErrUsed):
		return h.showDone(w, r, &st.Challenge, true)
	case errors.Is(cause, idp.ErrWrongCode):
		return h.wait(w, http.StatusUnprocessableEntity, st, wrongText(st))
	case errors.Is(cause, idp.ErrLocked):
		return h.wait(w, http.StatusUnprocessableEntity, st, lockedText)
	case errors.As(cause, &l) && l.Limit == "wrong_per_address":
		return h.wait(w, http.StatusTooManyRequests, st, "Codes for this address rest for now, after many wrong ones. The link in the mail still works.")
	case errors.As(cause, &l):
		return &web.Problem{
			Status: http.StatusTooManyRequests, Title: "A little too fast", Text: "Many codes were tried in a short time. The link in the mail still works.",
			RetryAt: l.RetryAt, Cause: cause, Action: web.Action{Label: "Back to the code", URL: "/login/c/" + st.Challenge.ID},
		}
	case errors.Is(cause, idp.ErrRevoked):
		return h.wait(w, http.StatusUnprocessableEntity, st, wrongText(st))
	}
	return cause
}

func wrongText(st magiclink.Status) string {
	switch {
	case st.CodeEnds.IsZero():
		return "There is no live code. Send the mail again to get a new one."
	case st.Tries == 0:
		return "That code isn't right, and it is used up now. Send the mail again to get a new one; the link still works."
	case st.Tries == 1:
		return "That code isn't right. 1 try left."
	default:
		return fmt.Sprintf("That code isn't right. %d tries left.", st.Tries)
	}
}

// SubmitResend asks for another mail.
func (h *Handlers) SubmitResend(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("challenge")
	err := h.Login.SendAgain(r.Context(), id, h.Callers.Asker(r))
	switch {
	case err == nil:
		reqlog.From(r.Context()).Outcome = "login.asked_again"
		return seeOther(w, "/login/c/"+id)
	case errors.Is(err, idp.ErrUsed), errors.Is(err, idp.ErrExpired):
		return seeOther(w, "/login/c/"+id) // the page says what happened
	case errors.Is(err, idp.ErrNotFound), errors.Is(err, idp.ErrForeignBrowser):
		return oidc.FlowProblem(nil, err, h.Clients)
	}
	return limited(err, nil, "/login/c/"+id)
}
