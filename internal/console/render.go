package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"idp/web"
)

//go:embed templates
var files embed.FS

// view is what a template sees.
type view struct {
	Page    string // its template
	Title   string
	Section string // the path of the part of the console; "" outside of all
	Who     string // the administrator's address; "" if nobody is signed in
	Notice  string // what was just done
	Site    string
	Data    any
}

// sections are the parts, in the order of the navigation.
var sections = []struct{ Path, Name string }{
	{"/", "Overview"}, {"/users", "People"}, {"/clients", "Applications"}, {"/failures", "Failures"}, {"/mail", "Mail"}, {"/keys", "Keys"}, {"/audit", "Audit log"},
}

func parse(pages *web.Pages) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("load the console: %w", err)
	}
	funcs := template.FuncMap{
		"asset": pages.AssetURL, "time": clock, "sections": func() any { return sections }, "join": func(all []string) string { return strings.Join(all, ", ") },
		"detail": detail,
	}
	out := map[string]*template.Template{}
	for _, name := range names {
		if stem := strings.TrimSuffix(path.Base(name), ".html"); stem != "layout" {
			t, err := template.New("layout.html").Funcs(funcs).ParseFS(files, "templates/layout.html", name)
			if err != nil {
				return nil, fmt.Errorf("load the console's page %s: %w", stem, err)
			}
			out[stem] = t
		}
	}
	return out, nil
}

// clock is a moment for people; "never" for none.
func clock(t time.Time) template.HTML {
	if t.IsZero() {
		return "never"
	}
	t = t.UTC()
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `">` + t.Format("2006-01-02 15:04") + ` UTC</time>`) //nolint:gosec // digits
}

// detail is what an event has beside its columns: names with their values.
func detail(text string) string {
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return text
	}
	out := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, name+" "+worded(all[name]))
	}
	return strings.Join(out, " · ")
}

const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// show renders a page for an administrator.
func (c *Console) show(v *visit, page view) error {
	page.Who = v.caller.Email
	return c.render(v.w, v.r, http.StatusOK, page)
}

func (c *Console) render(w http.ResponseWriter, _ *http.Request, status int, page view) error {
	page.Site = c.Issuer.Host
	var b bytes.Buffer
	if err := c.pages[page.Page].ExecuteTemplate(&b, "layout.html", page); err != nil {
		return fmt.Errorf("render the console's page %s: %w", page.Page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", "en")
	h.Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}
