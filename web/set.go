package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// parsed is every page, for all languages. One is parsed when it is first needed: few
// processes show all of them, and parsing was a seventh of a start. What comes of it is
// only ever copied.
type parsed map[string]func() (*template.Template, error)

// set is every page in one language: its copy, with its words bound to it, made when it
// is first read in it.
type set map[string]func() (*template.Template, error)

func newSet(sp speaker, pages parsed) set {
	s := make(set, len(pages))
	for name, parse := range pages {
		s[name] = sync.OnceValues(func() (*template.Template, error) {
			t, err := parse()
			if err != nil {
				return nil, err
			}
			if t, err = t.Clone(); err != nil {
				return nil, fmt.Errorf("copy page %s: %w", name, err)
			}
			return t.Funcs(sp.funcs()), nil
		})
	}
	return s
}

func (s set) template(name string) (*template.Template, error) {
	page := s[name]
	if page == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return page()
}

func newParsed(funcs template.FuncMap, a *assets) (parsed, error) {
	pages := parsed{}
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	for _, name := range names {
		pages[strings.TrimSuffix(path.Base(name), ".html")] = sync.OnceValues(func() (*template.Template, error) {
			t := template.New("layout.html").Funcs(funcs).Funcs(template.FuncMap{"asset": a.url})
			if _, err := t.ParseFS(files, "templates/layout.html", "templates/parts.html", name); err != nil {
				return nil, fmt.Errorf("load page %s: %w", name, err)
			}
			return t, nil
		})
	}
	return pages, nil
}
