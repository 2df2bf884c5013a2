package inbox

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/mail"
	"strings"
	"time"
)

// page is what the layout needs; every view embeds it.
type page struct {
	Heading string // of the browser tab
	Options Options
}

func parseTemplates() map[string]*template.Template {
	functions := template.FuncMap{
		"clock":     func(t time.Time) string { return clock(t.Local(), time.Now()) },
		"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"size":      size,
		"preview":   preview,
		"name":      name,
		"address":   address,
		"addresses": addressList,
		"subject":   subject,
	}
	templates := map[string]*template.Template{}
	for _, name := range []string{"list", "message", "not_found"} {
		templates[name] = template.Must(template.New("layout.html").Funcs(functions).
			ParseFS(files, "templates/layout.html", "templates/"+name+".html"))
	}
	return templates
}

// render writes a page only once it is whole, so that a failure is a clean 500.
func (h *handler) render(w http.ResponseWriter, r *http.Request, status int, name string, view any) {
	var body bytes.Buffer
	if err := h.templates[name].Execute(&body, view); err != nil {
		h.options.Logger.ErrorContext(r.Context(), "render page", "page", name, "error", err)
		http.Error(w, "The page could not be shown. Reload it.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the reader has gone: nobody is left to tell
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
