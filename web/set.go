package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// set is every page in one language. Templates are parsed once for all; a
// language gets its copy, with its words bound to it, when it is first read in.
type set struct {
	speaker speaker
	parsed  map[string]*template.Template
	once    sync.Once
	own     map[string]*template.Template
	err     error
}

func (s *set) template(name string) (*template.Template, error) {
	s.once.Do(func() {
		s.own = make(map[string]*template.Template, len(s.parsed))
		for name, t := range s.parsed {
			copied, err := t.Clone()
			if err != nil {
				s.err = err
				return
			}
			s.own[name] = copied.Funcs(s.speaker.funcs())
		}
	})
	if s.err != nil {
		return nil, s.err
	}
	t := s.own[name]
	if t == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return t, nil
}

// parsePages parses every page. What comes of it is only ever copied.
func parsePages(funcs template.FuncMap, a *assets) (map[string]*template.Template, error) {
	parsed := map[string]*template.Template{}
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	for _, name := range names {
		t := template.New("layout.html").Funcs(funcs).Funcs(template.FuncMap{"asset": a.url})
		if _, err := t.ParseFS(files, "templates/layout.html", "templates/parts.html", name); err != nil {
			return nil, fmt.Errorf("load page %s: %w", name, err)
		}
		parsed[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return parsed, nil
}
