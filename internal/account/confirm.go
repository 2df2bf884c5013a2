package account

import (
	"net/http"

	"idp/internal/idp"
	"idp/web"
)

// question asks before something ends, and names it. Asking changes nothing; the
// answer is a post to the address of the page.
type question struct {
	Heading, Text, Answer, Action string
	Rows                          []row
}

// ConfirmEnd asks whether to end another browser's session.
func (h *Handlers) ConfirmEnd(w http.ResponseWriter, r *http.Request) error {
	return h.confirmEnding(w, r, func(s row) bool { return s.ID == r.PathValue("session") }, question{
		Heading: "End this session?", Answer: "End this session",
		Text: "That browser will be signed out, and applications lose the access they got from it.",
	})
}

// ConfirmEndOthers asks whether to end every session but this one.
func (h *Handlers) ConfirmEndOthers(w http.ResponseWriter, r *http.Request) error {
	return h.confirmEnding(w, r, func(row) bool { return true }, question{
		Heading: "End all other sessions?", Answer: "End all other sessions",
		Text: "These browsers will be signed out, and applications lose the access they got from them. This browser stays signed in.",
	})
}

// confirmEnding asks about those sessions of other browsers that which chooses.
func (h *Handlers) confirmEnding(w http.ResponseWriter, r *http.Request, which func(row) bool, q question) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	sessions, err := h.Store.Sessions(r.Context(), in.User.ID, h.Now())
	if err != nil {
		return err
	}
	for _, s := range sessionRows(sessions, in.Session.ID) {
		if !s.Current && which(s) {
			q.Rows = append(q.Rows, s)
		}
	}
	return h.ask(w, r, q)
}

// ConfirmDisconnect asks whether to take an application's access away.
func (h *Handlers) ConfirmDisconnect(w http.ResponseWriter, r *http.Request) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	grants, err := h.Store.UserGrants(r.Context(), in.User.ID, h.Now())
	if err != nil {
		return err
	}
	var own []idp.Grant
	for _, g := range grants {
		if pathID(g.ClientID) == r.PathValue("client") {
			own = append(own, g)
		}
	}
	q := question{Rows: h.appRows(own), Answer: "Disconnect"}
	if len(q.Rows) > 0 {
		q.Heading = "Disconnect " + q.Rows[0].Name + "?"
		q.Text = "It loses its access in every browser. You can sign in to it again at any time."
	}
	return h.ask(w, r, q)
}

// ask shows the question. What is gone already needs no answer.
func (h *Handlers) ask(w http.ResponseWriter, r *http.Request, q question) error {
	if len(q.Rows) == 0 {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return nil
	}
	q.Action = r.URL.EscapedPath()
	return h.Pages.Render(w, http.StatusOK, web.Page{Name: "confirm", Title: q.Heading, Data: q})
}
