package inbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"idp/internal/markup"
)

// page is what the layout needs; every view embeds it.
type page struct {
	Heading string // of the browser tab
	Options Options
}

// parseTemplates panics on a broken template: they are compiled in, so it is a
// programmer's error that every test run shows.
func parseTemplates() map[string]*markup.Template {
	functions := markup.Funcs{
		"clock":      markup.F1(func(t time.Time) string { return clock(t.Local(), time.Now()) }),
		"iso":        markup.F1(func(t time.Time) string { return t.UTC().Format(time.RFC3339) }),
		"size":       markup.F1(size),
		"preview":    markup.F1(preview),
		"name":       markup.F1(name),
		"address":    markup.F1(address),
		"addresses":  markup.F1(addressList),
		"recipients": markup.F1((*Message).Recipients),
		"subject":    markup.F1(subject),
	}
	templates := map[string]*markup.Template{}
	for _, name := range []string{"list", "message", "not_found"} {
		templates[name] = markup.Must(files, functions, "layout.html", "templates/layout.html", "templates/"+name+".html")
	}
	return templates
}

// render writes a page only once it is whole, so that a failure is a clean 500.
func (h *handler) render(w http.ResponseWriter, r *http.Request, status int, name string, view any) {
	body, err := h.templates[name].Append(nil, view)
	if err != nil {
		h.options.Logger.ErrorContext(r.Context(), "render page", "page", name, "error", err)
		http.Error(w, "The page could not be shown. Reload it.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader has gone: nobody is left to tell
}

// clock is the time of day, with the date when that was not today.
func clock(t, now time.Time) string {
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2 Jan, 15:04")
}

func size(bytes int) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f kB", float64(bytes)/1000)
}

func addressList(list []*mail.Address) string {
	var texts []string
	for _, a := range list {
		texts = append(texts, address(a))
	}
	return strings.Join(texts, ", ")
}

func name(a *mail.Address) string {
	return cmp.Or(a.Name, a.Address)
}

// address is for reading: unlike the String of net/mail it quotes and encodes
// nothing.
func address(a *mail.Address) string {
	switch {
	case a.Name == "":
		return a.Address
	case a.Address == "":
		return a.Name
	}
	return a.Name + " <" + a.Address + ">"
}
