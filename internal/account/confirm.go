package account

import (
	"net/http"
	"slices"

	"idp/internal/idp"
	"idp/internal/words"
	"idp/web"
)

// question asks before something ends, and names it. Asking changes nothing; the
// answer is a post to the address of the page.
type question struct {
	Heading, Text, Answer words.Phrase
	Action                string
	Rows                  []row
}

// ConfirmEnd asks whether to end another browser's session.
func (h *Handlers) ConfirmEnd(w http.ResponseWriter, r *http.Request) error {
	return h.confirmEnding(w, r, func(s row) bool { return s.ID == r.PathValue("session") }, question{
		Heading: words.Say("confirm.end"), Answer: words.Say("confirm.end_yes"), Text: words.Say("confirm.end_why"),
	})
}

// ConfirmEndOthers asks whether to end every session but this one.
func (h *Handlers) ConfirmEndOthers(w http.ResponseWriter, r *http.Request) error {
	return h.confirmEnding(w, r, func(row) bool { return true }, question{
		Heading: words.Say("confirm.others"), Answer: words.Say("account.end_others"), Text: words.Say("confirm.others_why"),
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
	return h.ask(w, r, in, q)
}

// ConfirmDisconnect asks whether to take an application's access away.
func (h *Handlers) ConfirmDisconnect(w http.ResponseWriter, r *http.Request) error {
	in, err := h.signedIn(w, r)
	if err != nil || in == nil {
		return err
	}
	apps, err := h.apps(r.Context(), in.User.ID)
	if err != nil {
		return err
	}
	other := func(app row) bool { return app.Path != r.PathValue("client") }
	q := question{Rows: slices.DeleteFunc(apps, other), Answer: words.Say("account.disconnect"), Text: words.Say("confirm.disconnect_why")}
	if len(q.Rows) > 0 {
		q.Heading = words.Say("confirm.disconnect", "app", q.Rows[0].Name)
	}
	return h.ask(w, r, in, q)
}

// ask shows the question. What is gone already needs no answer.
func (h *Handlers) ask(w http.ResponseWriter, r *http.Request, in *idp.SignedIn, q question) error {
	if len(q.Rows) == 0 {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return nil
	}
	q.Action = r.URL.EscapedPath()
	return h.Pages.Render(w, r, http.StatusOK, web.Page{Name: "confirm", Languages: in.User.Locale, Data: q})
}
