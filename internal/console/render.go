package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"idp/internal/markup"
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

func parse(pages *web.Pages) (map[string]*markup.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("load the console: %w", err)
	}
	funcs := markup.Funcs{
		"asset": markup.F1E(pages.AssetURL), "time": markup.F1(clock), "minute": markup.F1(minute), "sections": markup.F0(func() any { return sections }),
		"join": markup.F1(func(all []string) string { return strings.Join(all, ", ") }), "detail": markup.F1(detail),
	}
	out := map[string]*markup.Template{}
	for _, name := range names {
		if stem := strings.TrimSuffix(path.Base(name), ".html"); stem != "layout" {
			s := markup.NewHTML(funcs)
			if err := s.ParseFiles(files, "templates/layout.html", name); err != nil {
				return nil, fmt.Errorf("load the console's page %s: %w", stem, err)
			}
			if out[stem], err = s.Compile("layout.html"); err != nil {
				return nil, fmt.Errorf("load the console's page %s: %w", stem, err)
			}
		}
	}
	return out, nil
}

// clock is a moment for people; "never" for none.
func clock(t time.Time) markup.HTML {
	if t.IsZero() {
		return "never"
	}
	return markup.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + minute(t) + ` UTC</time>`)
}

// minute is a moment where a name has room for no more.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

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
	b, err := c.pages[page.Page].Append(nil, page)
	if err != nil {
		return fmt.Errorf("render the console's page %s: %w", page.Page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", "en")
	h.Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}
