package inbox

import (
	"net/http"
	"strings"
)

type messageView struct {
	page
	Message *Message
	View    string // html, text, headers or source
	Tabs    []tab
	Text    []segment
	Source  string
	Sandbox string
}

type tab struct {
	Label, URL string
	Current    bool
}

// showMessage shows the HTML of a mail at its plain address, or the text where
// it has no HTML, and the other views one level down.
func (h *handler) showMessage(w http.ResponseWriter, r *http.Request) {
	message, err := h.store.Get(r.PathValue("id"))
	view := r.PathValue("view")
	if err != nil || view != "" && view != "text" && view != "headers" && view != "source" {
		h.showNotFound(w, r)
		return
	}
	if view == "" {
		view = "text"
		if message.HTML != "" {
			view = "html"
		}
	}
	h.render(w, r, http.StatusOK, "message", messageView{
		page:    page{Heading: subject(message) + " · " + h.options.Title, Options: h.options},
		Message: message,
		View:    view,
		Tabs:    tabs(message, view),
		Text:    splitLinks(message.Text),
		Source:  strings.ToValidUTF8(string(message.Raw), "\uFFFD"),
		Sandbox: mailSandbox,
	})
}

func tabs(m *Message, current string) []tab {
	url := "/message/" + m.ID
	all := []tab{
		{"HTML", url, current == "html"},
		{"Text", url + "/text", current == "text"},
		{"Headers", url + "/headers", current == "headers"},
		{"Source", url + "/source", current == "source"},
	}
	if m.HTML == "" {
		return all[1:]
	}
	return all
}

// showNotFound explains the common case: mail lives in memory, links to it do
// not outlive a restart.
func (h *handler) showNotFound(w http.ResponseWriter, r *http.Request) {
	h.render(w, r, http.StatusNotFound, "not_found", struct {
		page
		Kept int
	}{
		page{Heading: "Not here · " + h.options.Title, Options: h.options},
		h.store.limits.Messages,
	})
}

func subject(m *Message) string {
	if strings.TrimSpace(m.Subject) == "" {
		return "(no subject)"
	}
	return m.Subject
}
