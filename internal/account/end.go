package account

import (
	"errors"
	"fmt"
	"net/http"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/words"
	"idp/web"
)

// notices are shown after an action; the page's address names them.
var notices = map[string]words.Phrase{
	"ended":        words.Say("account.ended"),
	"others-ended": words.Say("account.others_ended"),
	"disconnected": words.Say("account.disconnected"),
}

// EndSession ends another browser's session, and all that came from it.
func (h *Handlers) EndSession(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "ended", "session.ended", func(in *idp.SignedIn) error {
		err := h.Store.EndSession(r.Context(), in.User.ID, r.PathValue("session"), h.Now())
		if err == nil {
			h.tellEnded(r, in)
		}
		return err
	})
}

// EndOthers ends every session but this one.
func (h *Handlers) EndOthers(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "others-ended", "session.others_ended", func(in *idp.SignedIn) error {
		ended, err := h.Store.EndOtherSessions(r.Context(), in.User.ID, in.Session.ID, h.Now())
		if ended > 0 {
			h.tellEnded(r, in)
		}
		return err
	})
}

// Disconnect takes an application's access away.
func (h *Handlers) Disconnect(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "disconnected", "application.disconnected", func(in *idp.SignedIn) error {
		return h.Store.Disconnect(r.Context(), in.User.ID, clientID(r.PathValue("client")), h.Now())
	})
}

// tellEnded leaves a trace in the mailbox: whoever got in here could have signed
// the owner out. That no notice could be stored undoes nothing.
func (h *Handlers) tellEnded(r *http.Request, in *idp.SignedIn) {
	err := h.Notices.Notify(r.Context(), magiclink.Notice{
		Template: magiclink.SessionsEnded, Email: in.User.Email, Locale: in.User.Locale, UserAgent: h.Callers.Asker(r).UserAgent,
	})
	if err != nil {
		reqlog.From(r.Context()).Err = err
	}
}

// act does one thing for the signed-in user and shows the page again. What is
// already gone counts as done: pressing twice is no mistake.
func (h *Handlers) act(w http.ResponseWriter, r *http.Request, done, outcome string, do func(*idp.SignedIn) error) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	if err := do(in); err != nil && !errors.Is(err, idp.ErrNotFound) {
		return fmt.Errorf("account: %w", err)
	}
	h.Courier.Wake()
	reqlog.From(r.Context()).Outcome = outcome
	http.Redirect(w, r, "/account?done="+done, http.StatusSeeOther)
	return nil
}

// SignOut ends this browser's session. Clients that want to hear of it in the
// browser do so from the page that says it.
func (h *Handlers) SignOut(w http.ResponseWriter, r *http.Request) error {
	in, err := h.Callers.SignedIn(r, "")
	if err != nil {
		return err
	}
	var frames []string
	if in != nil {
		ids, err := h.Store.SignOut(r.Context(), in.Session.ID, h.Now())
		if err != nil {
			return err
		}
		h.Courier.Wake()
		frames = h.Frames(ids, in.Session.ID)
		event := reqlog.From(r.Context())
		event.UserID, event.Outcome = in.User.ID, "logout"
	}
	h.Callers.Cookies.ClearSession(w)
	if len(frames) > 0 {
		page := web.SignedOut(frames, "", "")
		page.Languages = in.User.Locale
		return h.Pages.Render(w, r, http.StatusOK, page)
	}
	http.Redirect(w, r, "/signed-out", http.StatusSeeOther)
	return nil
}
