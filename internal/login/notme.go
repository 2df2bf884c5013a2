package login

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/words"
	"idp/web"
)

// notMeView is the page behind "this was not me". Done says that it is over.
type notMeView struct {
	Email, Action string
	Device        words.Phrase
	AskedAt       time.Time
	Done          bool
}

// ShowNotMe asks before it cancels: mail scanners open every link, and the
// sign-in of somebody who did ask must not end by that.
func (h *Handlers) ShowNotMe(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Login.OpenNotMe(r.Context(), r.PathValue("token"))
	if err != nil {
		return notMeProblem(err)
	}
	return h.notMe(w, r, &c, c.State == magiclink.Cancelled)
}

// SubmitNotMe cancels the sign-in and what came of it.
func (h *Handlers) SubmitNotMe(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Login.Disown(r.Context(), r.PathValue("token"))
	if err != nil {
		return notMeProblem(err)
	}
	h.Courier.Wake()
	event := reqlog.From(r.Context())
	event.ClientID, event.Outcome = c.ClientID, "login.disowned"
	return h.notMe(w, r, &c, true)
}

func (h *Handlers) notMe(w http.ResponseWriter, r *http.Request, c *magiclink.Challenge, done bool) error {
	v := notMeView{Email: c.Email, Device: words.Device(browser.Parts(c.UserAgent)), Action: r.URL.Path, AskedAt: c.CreatedAt, Done: done}
	p := page("notme", nil, h.Clients.Client(c.ClientID), v)
	p.Languages = c.Locale
	return h.Pages.Render(w, r, http.StatusOK, p)
}

func notMeProblem(err error) error {
	if !errors.Is(err, idp.ErrNotFound) {
		return err
	}
	return &web.Problem{
		Status: http.StatusNotFound, About: "notme_unknown", Cause: err,
		Action: web.Action{Do: "account", URL: "/account"},
	}
}

// cancelled is what the waiting page becomes when the mail's reader said that it
// was not them.
func (h *Handlers) cancelled(c *magiclink.Challenge) error {
	p := &web.Problem{
		Status: http.StatusGone, About: "cancelled", Languages: c.Locale, Cause: magiclink.ErrCancelled,
		Action: web.Action{Do: "start_again", URL: addressURL(c.Flow)},
	}
	if client := h.Clients.Client(c.ClientID); client != nil {
		p.App, p.Client = client.Name, client.ID
	}
	return p
}
