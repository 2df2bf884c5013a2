package web

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"idp/internal/markup"
)

// compiled is every page, for all languages. One is compiled when it is first needed: few
// processes show all of them, and reading them was a seventh of a start.
type compiled map[string]func() (*markup.Template, error)

// set is every page in one language: with its words bound to it, when it is first read
// in it.
type set map[string]func() (*markup.Template, error)

func newSet(sp speaker, pages compiled) set {
	s := make(set, len(pages))
	for name, page := range pages {
		s[name] = sync.OnceValues(func() (*markup.Template, error) {
			t, err := page()
			if err != nil {
				return nil, err
			}
			return t.With(sp.funcs()), nil
		})
	}
	return s
}

func (s set) template(name string) (*markup.Template, error) {
	page := s[name]
	if page == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return page()
}

func newCompiled(funcs markup.Funcs) (compiled, error) {
	pages := compiled{}
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	for _, name := range names {
		pages[strings.TrimSuffix(path.Base(name), ".html")] = sync.OnceValues(func() (*markup.Template, error) {
			s := markup.NewHTML(funcs)
			if err := s.ParseFiles(files, "templates/layout.html", "templates/parts.html", name); err != nil {
				return nil, fmt.Errorf("load page %s: %w", name, err)
			}
			return s.Compile("layout.html")
		})
	}
	return pages, nil
}
