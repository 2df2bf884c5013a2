package inbox

import (
	"io"
	"net/http"
	"regexp"
)

var doctype = regexp.MustCompile(`(?i)^\s*<!doctype[^>]*>`)

// showHTML serves the HTML of a mail for the frame on its page, and is just as
// safe when it is opened alone.
func (h *handler) showHTML(w http.ResponseWriter, r *http.Request) {
	message, err := h.store.Get(r.PathValue("id"))
	if err != nil || message.HTML == "" {
		h.showNotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, withTopLinks(message.HTML))
}

// withTopLinks makes the links of a mail open in the whole tab: a sign-in page
// inside the frame would refuse to show, and would be without its cookies.
// The tag stands right behind the doctype, which the browser takes for the
// beginning of the head; the first such tag wins over one in the mail.
func withTopLinks(mail string) string {
	declaration := doctype.FindString(mail)
	rest := mail[len(declaration):]
	if declaration == "" {
		declaration = "<!DOCTYPE html>"
	}
	return declaration + `<base target="_top">` + rest
}
