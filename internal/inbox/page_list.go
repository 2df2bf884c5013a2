package inbox

import (
	"fmt"
	"net/http"
)

// perPage is also what the API lists unless asked for more, as in Mailpit.
const perPage = 50

type listView struct {
	page
	Messages []*Message
	Total    int
	Count    string // the total in words
	State    string // changes when the list does; the script compares it
	Newer    string // addresses of the neighbouring pages, empty at the ends
	Older    string
}

func (h *handler) showList(w http.ResponseWriter, r *http.Request) {
	start, _ := paging(r)
	messages, total := h.store.Find("", start, perPage)
	view := listView{
		page:     page{Heading: h.options.Title, Options: h.options},
		Messages: messages,
		Total:    total,
		Count:    counted(total),
		State:    h.state(),
	}
	if total > 0 {
		view.Heading = fmt.Sprintf("(%d) %s", total, h.options.Title)
	}
	if start > 0 {
		view.Newer = fmt.Sprintf("/?start=%d", max(start-perPage, 0))
	}
	if start+perPage < total {
		view.Older = fmt.Sprintf("/?start=%d", start+perPage)
	}
	h.render(w, r, http.StatusOK, "list", view)
}

// submitDelete answers with a redirect, so that a reload deletes nothing more.
func (h *handler) submitDelete(w http.ResponseWriter, r *http.Request) {
	h.store.DeleteAll()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// state is put together in the same way by inbox.js from the API's answer.
func (h *handler) state() string {
	messages, total := h.store.Find("", 0, 1)
	if total == 0 {
		return "0:"
	}
	return fmt.Sprintf("%d:%s", total, messages[0].ID)
}

func counted(total int) string {
	if total == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", total)
}
