package login

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/oidc"
	"idp/internal/reqlog"
	"idp/internal/secret"
	"idp/internal/words"
	"idp/web"
)

// linkView is what the link's page shows.
type linkView struct {
	Here                     bool // this browser asked for the mail
	Invited                  bool // nobody asked: it is an invitation
	Email, Number, Challenge string
	Device                   words.Phrase
	SwitchFrom               string // who is signed in here now, if somebody else
	Nonce                    string // proof that the page was shown to this browser
	Known                    bool   // the address signed in in this browser before
	CodeOnly                 bool   // a link signs in nowhere else
	WhoFor, WhoForWrong      bool   // the page asks which address the mail went to; and the answer was wrong
	Action                   string
	AskedAt                  time.Time
}

// ShowLink is what opening a link shows. It changes nothing, because mail
// scanners open every link and run its scripts. In the browser that asked, the
// page goes on by itself; anywhere else a person has to press a button.
func (h *Handlers) ShowLink(w http.ResponseWriter, r *http.Request) error {
	if prefetch(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	browserHash := h.Callers.Cookies.EnsureBrowser(w, r)
	l, err := h.Login.OpenLink(r.Context(), linkToken(r), browserHash)
	if l.Challenge.Native() {
		return h.backToApp(w, r, &l, err)
	}
	if err != nil {
		return h.linkProblem(w, r, l, err)
	}
	in, err := h.Callers.SignedIn(r, "")
	if err != nil {
		return err
	}
	c := &l.Challenge
	v := linkView{
		Here: l.Here, Invited: c.Invited(), Email: c.Email, Number: c.Number, Device: words.Device(browser.Parts(c.UserAgent)), Challenge: c.ID,
		Action: r.URL.Path, AskedAt: c.CreatedAt,
	}
	if in != nil && in.User.Email != c.Email {
		v.SwitchFrom = in.User.Email
	}
	if !l.Here {
		v.Nonce, v.Known = h.pageNonce(linkPageLabel, linkToken(r).Hash(secret.KindLink), browserHash), h.Login.Known(c.Email, h.Callers.Cookies.Marks(r))
		policy, asked := h.foreignLinks(c), r.Form.Get("for")
		v.CodeOnly, v.WhoFor, v.WhoForWrong = policy == idp.ForeignCodeOnly, policy == idp.ForeignConfirmEmail || asked != "", asked == "wrong"
	}
	client := h.Clients.Client(c.ClientID)
	p := page("link", nil, client, v)
	p.Languages = c.Locale
	if f, _ := h.flowOf(c); f != nil && l.Here {
		p.FormTargets = []string{f.RedirectURI}
	}
	return h.Pages.Render(w, r, http.StatusOK, p)
}

func linkToken(r *http.Request) secret.Token { return secret.TokenOf(r.PathValue("token")) }

// prefetch recognises a browser that loads ahead of its user.
func prefetch(r *http.Request) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// SubmitLink signs in the browser in which the button was pressed.
func (h *Handlers) SubmitLink(w http.ResponseWriter, r *http.Request) error {
	asker := h.Callers.Asker(r)
	event := reqlog.From(r.Context())
	ok, token, err := h.Login.UseOwnLink(r.Context(), linkToken(r), asker)
	if errors.Is(err, idp.ErrNotFound) {
		return h.submitElsewhere(w, r, asker)
	}
	if err != nil {
		event.Outcome = "login.link_refused"
		return h.linkProblem(w, r, magiclink.Link{}, err)
	}
	event.ClientID, event.UserID, event.Outcome = ok.Challenge.ClientID, ok.User.ID, "login.link_redeemed"
	h.signIn(w, ok, token, asker)
	if r.PostForm.Get("tabs") == "" {
		return h.goOn(w, r, &ok)
	}
	// With script, the two tabs agree on which one goes on.
	return seeOther(w, "/login/c/"+ok.Challenge.ID)
}

// submitElsewhere signs in a browser that did not ask for the link, or says why a
// link does nothing.
func (h *Handlers) submitElsewhere(w http.ResponseWriter, r *http.Request, asker magiclink.Asker) error {
	event := reqlog.From(r.Context())
	l, err := h.Login.OpenLink(r.Context(), linkToken(r), asker.Browser)
	event.ClientID, event.Challenge = l.Challenge.ClientID, l.Challenge.ID
	if err == nil && l.Here {
		err = idp.ErrUsed // in the blink since it was tried
	}
	if err == nil && l.Challenge.Native() {
		return seeOther(w, r.URL.Path) // there is no such form
	}
	if err == nil {
		switch h.pressed(r, &l, asker.Browser) {
		case pressNothing:
			event.Outcome = "login.link_not_pressed"
			return seeOther(w, r.URL.Path)
		case pressSayWhoFor:
			event.Outcome = "login.link_asks_who_for"
			return seeOther(w, r.URL.Path+whoFor(r))
		case pressCounts:
		}
	}
	var ok magiclink.Approval
	var token secret.Token
	if err == nil {
		ok, token, err = h.Login.UseLinkElsewhere(r.Context(), l, asker)
	}
	if err != nil {
		event.Outcome = "login.link_refused"
		return h.linkProblem(w, r, l, err)
	}
	event.UserID, event.Outcome = ok.User.ID, "login.link_redeemed_elsewhere"
	h.signIn(w, ok, token, asker)
	return h.showDone(w, r, &ok.Challenge, false)
}

// whoFor is the query of the page that asks which address the mail went to. The
// answer itself does not belong into an address.
func whoFor(r *http.Request) string {
	if r.PostForm.Get("email") == "" {
		return "?for=whom"
	}
	return "?for=wrong"
}

// linkProblem says why a link does nothing, and leads on.
func (h *Handlers) linkProblem(w http.ResponseWriter, r *http.Request, l magiclink.Link, err error) error {
	c := &l.Challenge
	if errors.Is(err, idp.ErrUsed) && l.Here && c.State == magiclink.Approved {
		in, errIn := h.Callers.SignedIn(r, "")
		if errIn != nil {
			return errIn
		}
		if in != nil && in.Session.ID == c.SessionID {
			return h.showDone(w, r, c, true)
		}
	}
	p := &web.Problem{Status: http.StatusGone, Languages: c.Locale, Cause: err}
	if client := h.Clients.Client(c.ClientID); client != nil {
		p.App, p.Client, p.Brand = client.Name, client.ID, oidc.Brand(client)
	}
	switch {
	case errors.Is(err, idp.ErrUsed):
		p.About = "link_used"
	case errors.Is(err, idp.ErrExpired):
		p.About, p.EndedAt = "link_expired", l.Ends
	case errors.Is(err, magiclink.ErrCancelled):
		p.About = "cancelled"
	case errors.Is(err, idp.ErrNotFound):
		p.Status, p.About = http.StatusNotFound, "link_unknown"
	case errors.Is(err, idp.ErrRevoked):
		p.About = "link_dead"
		return p
	default:
		return err
	}
	p.Action = web.Action{Do: "send_new", URL: "/login"}
	if l.Here {
		p.Action.URL = addressURL(c.Flow)
	} else if client := h.Clients.Client(c.ClientID); client != nil && oidc.StartAgain(client, h.Issuer, "") != "" {
		p.Action = web.Action{Do: "go_to", App: client.Name, URL: oidc.StartAgain(client, h.Issuer, "")}
	}
	return p
}
