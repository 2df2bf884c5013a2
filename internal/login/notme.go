package login

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/words"
	"idp/web"
)

// notMeView is the page behind "this was not me". Done says that it is over.
type notMeView struct {
	Email, Action, Nonce string
	Device               words.Phrase
	AskedAt              time.Time
	Done                 bool
	WhoFor, WhoForWrong  bool // the page asks which address the mail went to; and the answer was wrong
}

const (
	notMePageLabel = "not-me-page"
	// tooSoon is sooner after the mail was written than somebody who did not
	// wait for it has found and read it. Scanners are there at once.
	tooSoon = 30 * time.Second
)

// ShowNotMe asks before it cancels: mail scanners open every link, and the
// sign-in of somebody who did ask must not end by that.
func (h *Handlers) ShowNotMe(w http.ResponseWriter, r *http.Request) error {
	if prefetch(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	c, err := h.Login.OpenNotMe(r.Context(), r.PathValue("token"))
	if err != nil {
		return notMeProblem(err)
	}
	return h.notMe(w, r, &c, c.State == magiclink.Cancelled)
}

// SubmitNotMe cancels the sign-in and what came of it, at a person's press.
func (h *Handlers) SubmitNotMe(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Login.OpenNotMe(r.Context(), r.PathValue("token"))
	if err != nil {
		return notMeProblem(err)
	}
	event := reqlog.From(r.Context())
	event.ClientID = c.ClientID
	switch h.notMePressed(r, &c) {
	case pressNothing:
		event.Outcome = "login.disown_not_pressed"
		return seeOther(w, r.URL.Path)
	case pressSayWhoFor:
		event.Outcome = "login.disown_asks_who_for"
		return seeOther(w, r.URL.Path+whoFor(r))
	case pressCounts:
	}
	if c, err = h.Login.Disown(r.Context(), r.PathValue("token")); err != nil {
		return notMeProblem(err)
	}
	h.Courier.Wake()
	event.Outcome = "login.disowned"
	return h.notMe(w, r, &c, true)
}

// notMePressed judges a post of the page. A program that presses whatever it finds
// would end the sign-in of the person whose mail it reads, so what looks like one
// must say whose mail it is. Unlike a link, it works without cookies, for whoever
// can say that.
func (h *Handlers) notMePressed(r *http.Request, c *magiclink.Challenge) press {
	page, age, ok := h.shown(r, notMePageLabel, linkToken(r).Hash(secret.KindLink))
	browser := h.Callers.Cookies.Browser(r)
	switch {
	case !ok, nobodyTouched(r):
		return pressNothing
	case h.saysWhoFor(r, c):
		return pressCounts
	case browser == "", page.Browser != browser, likeAProgram(r, age):
		return pressSayWhoFor
	case h.foreignLinks(c) == idp.ForeignConfirmEmail, h.Now().Sub(h.Login.NewestLetter(c)) < tooSoon:
		return pressSayWhoFor
	default:
		return pressCounts
	}
}

func (h *Handlers) notMe(w http.ResponseWriter, r *http.Request, c *magiclink.Challenge, done bool) error {
	v := notMeView{Email: c.Email, Device: words.Device(browser.Parts(c.UserAgent)), Action: r.URL.Path, AskedAt: c.CreatedAt, Done: done}
	if !done {
		asked := r.Form.Get("for")
		v.WhoFor, v.WhoForWrong = h.foreignLinks(c) == idp.ForeignConfirmEmail || asked != "", asked == "wrong"
		v.Nonce = h.pageNonce(notMePageLabel, linkToken(r).Hash(secret.KindLink), h.Callers.Cookies.EnsureBrowser(w, r))
	}
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
