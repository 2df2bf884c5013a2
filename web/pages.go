package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed templates static
var files embed.FS

// Page is one page to render.
type Page struct {
	Name  string // of its template
	Title string // of the document: what is going on, first
	App   string // name of the application the person came from; "" for none
	Brand Brand  // how the application shows itself
	Data  any
	// FormTargets are the URIs that the page's forms may lead to beside our own.
	FormTargets []string
	// Frames are the URIs of other origins that the page loads in frames.
	Frames    []string
	RequestID string // shown in small print on error pages
}

// Brand is what an application shows of itself beside its name; each part may be
// missing.
type Brand struct {
	Logo   string // an https address, or a path at our own origin
	Terms  string // where its terms stand
	Policy string // where it says what it does with data
	Color  string // #rrggbb of its buttons and links; other shades where that cannot be read
	// Support is where its people help: an https or mailto address.
	Support string
}

// Pages renders the embedded templates.
type Pages struct {
	templates map[string]*template.Template
	assets    *assets
	inbox     string
	site      string
	buffers   sync.Pool
}

// Options say what all pages share.
type Options struct {
	// InboxURL is linked from the waiting page; only development has one.
	InboxURL string
	// Site names this provider where no application does: its host.
	Site string
	// Now is the clock that times are told by.
	Now func() time.Time
}

// Load parses every template. It fails if one does not parse, so that a broken
// page is a failed start and never a failed request.
func Load(o Options) (*Pages, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	p := &Pages{templates: map[string]*template.Template{}, assets: a, inbox: o.InboxURL, site: cmp.Or(o.Site, "Sign in by e-mail")}
	p.buffers.New = func() any { return new(bytes.Buffer) }
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	for _, name := range names {
		t := template.New("layout.html").Funcs(template.FuncMap{
			"asset": a.url, "iso": iso, "mask": maskAddress, "host": hostOf, "sheet": sheetURL, "reach": reach,
			"clock": func(t time.Time) string { return clock(t, o.Now()) }, "until": func(t time.Time) string { return until(t, o.Now()) },
		})
		if _, err := t.ParseFS(files, "templates/layout.html", "templates/parts.html", name); err != nil {
			return nil, fmt.Errorf("load page %s: %w", name, err)
		}
		p.templates[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return p, nil
}

// view is what a template sees.
type view struct {
	Page
	Inbox, Site string
}

// Render writes a whole page, or an error before anything is written.
func (p *Pages) Render(w http.ResponseWriter, status int, page Page) error {
	t := p.templates[page.Name]
	if t == nil {
		return fmt.Errorf("render: there is no page %q", page.Name)
	}
	buf := p.buffers.Get().(*bytes.Buffer)
	defer p.buffers.Put(buf)
	buf.Reset()
	if err := t.ExecuteTemplate(buf, "layout.html", view{page, p.inbox, p.site}); err != nil {
		return fmt.Errorf("render %s: %w", page.Name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy(page.FormTargets, page.Frames, page.Brand.Logo))
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	return err
}

func policy(formTargets, frames []string, logo string) string {
	var b strings.Builder
	b.WriteString("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:")
	if src := source(logo); strings.HasPrefix(src, "https://") {
		b.WriteString(" " + src)
	}
	b.WriteString("; connect-src 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	sources(&b, formTargets)
	if len(frames) > 0 {
		b.WriteString("; frame-src")
		sources(&b, frames)
	}
	return b.String()
}

// sources writes the sources of uris, each once.
func sources(b *strings.Builder, uris []string) {
	var seen []string
	for _, uri := range uris {
		if src := source(uri); src != "" && !slices.Contains(seen, src) {
			b.WriteByte(' ')
			b.WriteString(src)
			seen = append(seen, src)
		}
	}
}

// source is the CSP source of a redirect URI: its origin, or its scheme for
// an application's own (RFC 8252 §7.1).
func source(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || strings.ContainsAny(u.Host+u.Scheme, "; ,'\"") {
		return ""
	}
	if u.Host == "" {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}
