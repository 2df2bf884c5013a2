package web

import (
	"cmp"
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"idp/internal/words"
)

//go:embed templates static
var files embed.FS

// Page is one page to render.
type Page struct {
	Name  string // of its template
	Title string // of the document, if its template defines none: what is going on, first
	App   string // name of the application the person came from; "" for none
	// Client is the application's id; it may have words of its own.
	Client string
	// Languages are what the reader is known to prefer to the browser's: tags with
	// spaces between them, the best first.
	Languages string
	Brand     Brand // how the application shows itself
	Data      any
	// FormTargets are the URIs that the page's forms may lead to beside our own.
	FormTargets []string
	// Frames are the URIs of other origins that the page loads in frames.
	Frames []string
	// Scripts are the origins whose scripts the page loads, and their frames; with
	// Styles, their styles too, and it calls them.
	Scripts   []string
	Styles    bool
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
	words   *words.Catalogue
	sets    map[*words.Words]set
	assets  *assets
	inbox   string
	site    string
	buffers sync.Pool
}

// Options say what all pages share.
type Options struct {
	// InboxURL is linked from the waiting page; only development has one.
	InboxURL string
	// Site names this provider where no application does: its host.
	Site string
	// Now is the clock that times are told by.
	Now func() time.Time
	// Words is the catalogue; nil for ours as it is.
	Words *words.Catalogue
}

// Load makes the pages ready to be shown. That each of them compiles is for a test to see,
// and for no start.
func Load(o Options) (*Pages, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	if o.Words == nil {
		if o.Words, err = words.Load(words.Options{}); err != nil {
			return nil, err
		}
	}
	p := &Pages{words: o.Words, sets: map[*words.Words]set{}, assets: a, inbox: o.InboxURL, site: cmp.Or(o.Site, "Sign in by e-mail")}
	p.buffers.New = func() any { return new([]byte) }
	pages, err := newCompiled(speaker{o.Words.English(), o.Now, a}.funcs())
	if err != nil {
		return nil, err
	}
	o.Words.Each(func(w *words.Words) { p.sets[w] = newSet(speaker{w, o.Now, a}, pages) })
	return p, nil
}

// view is what a template sees.
type view struct {
	Page
	Inbox, Site, Lang, Dir string
}

// Locale is the language in which a page for r is rendered, whose reader is known
// to prefer languages; "" if nobody prefers one that we have.
func (p *Pages) Locale(r *http.Request, languages string) string {
	return p.words.Choose(languages, strings.Join(r.Header["Accept-Language"], ","))
}

// Words are those in which a page for r would be rendered.
func (p *Pages) Words(r *http.Request, client, languages string) *words.Words {
	return p.words.Words(client, p.Locale(r, languages))
}

// English are the words for programs.
func (p *Pages) English() *words.Words { return p.words.English() }

// Render writes a whole page in the reader's language, or an error before
// anything is written.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, page Page) error {
	in := p.Words(r, page.Client, page.Languages)
	t, err := p.sets[in].template(page.Name)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	buf := p.buffers.Get().(*[]byte)
	defer p.buffers.Put(buf)
	if *buf, err = t.Append((*buf)[:0], &view{page, p.inbox, p.site, in.Locale, in.Dir()}); err != nil {
		return fmt.Errorf("render %s: %w", page.Name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", in.Locale)
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", policy(&page))
	w.WriteHeader(status)
	_, err = w.Write(*buf)
	return err
}

func policy(page *Page) string {
	var b strings.Builder
	var styles []string
	if page.Styles {
		styles = page.Scripts
	}
	b.WriteString("default-src 'none'; style-src 'self'")
	sources(&b, styles)
	b.WriteString("; script-src 'self'")
	sources(&b, page.Scripts)
	b.WriteString("; img-src 'self' data:")
	if src := source(page.Brand.Logo); strings.HasPrefix(src, "https://") {
		b.WriteString(" " + src)
	}
	b.WriteString("; connect-src 'self'")
	sources(&b, styles)
	b.WriteString("; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	sources(&b, page.FormTargets)
	if frames := slices.Concat(page.Frames, page.Scripts); len(frames) > 0 {
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
