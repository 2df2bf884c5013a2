package demo

import (
	"embed"
	"fmt"
	"net/http"

	"idp/internal/markup"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the parsed templates by name, each inside the layout.
type pages map[string]*markup.Template

// view is what the layout needs; Body is what the page inside it needs.
type view struct {
	App   brand
	Title string
	Wide  bool
	Body  any
}

// brand is the application as its pages name it.
type brand struct{ Title, InboxURL string }

func (a *App) view(title string, body any) view {
	return view{App: brand{a.cfg.Title, a.cfg.InboxURL}, Title: title, Body: body}
}

// parsePages panics on a broken template: they are compiled in, so it is a
// programmer's error that every test run shows.
func parsePages() pages {
	parsed := pages{}
	for _, name := range []string{"welcome", "home", "signed_out", "failure"} {
		parsed[name] = markup.Must(templateFiles, nil, "layout", "templates/layout.html", "templates/"+name+".html")
	}
	return parsed
}

// show renders into memory first, so that a page arrives whole or not at all.
func (p pages) show(w http.ResponseWriter, status int, name string, v view) error {
	page, err := p[name].Append(nil, v)
	if err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	// If the reader is gone, a page about that cannot reach them either.
	_, _ = w.Write(page)
	return nil
}
