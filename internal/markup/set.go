package markup

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"text/template/parse"
)

// Funcs are functions of templates by their names. Each must give the same for the same
// arguments as long as a Template lives: one with constant arguments only is asked once.
type Funcs map[string]Func

// Func is a function of templates. It is given what stands behind its name.
type Func func(args []any) (any, error)

// Set is templates that may use one another. It is for one goroutine; what comes of it
// is for all.
type Set struct {
	html  bool
	funcs Funcs
	names map[string]any // of functions, for the parser
	trees map[string]*parse.Tree
}

// NewHTML is an empty set of templates for HTML, which may use our functions and funcs.
func NewHTML(funcs Funcs) *Set { return newSet(true, funcs) }

// NewText is an empty set of templates for text that means nothing but itself.
func NewText(funcs Funcs) *Set { return newSet(false, funcs) }

func newSet(html bool, funcs Funcs) *Set {
	s := &Set{html: html, funcs: maps.Clone(builtins), names: map[string]any{}, trees: map[string]*parse.Tree{}}
	maps.Copy(s.funcs, funcs)
	for name := range s.funcs {
		s.names[name] = true
	}
	for _, name := range []string{"and", "or"} {
		s.names[name] = true
	}
	return s
}

// Parse adds the template text under a name, and those that it defines. One that is
// there already is replaced, unless the new one is empty.
func (s *Set) Parse(name, text string) error {
	trees, err := parse.Parse(name, text, "", "", s.names)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	for name, tree := range trees {
		if s.trees[name] == nil || !parse.IsEmptyTree(tree.Root) {
			s.trees[name] = tree
		}
	}
	return nil
}

// ParseFiles adds files under their names without directories. Patterns are those of
// fs.Glob; the files of a later one replace what they define too.
func (s *Set) ParseFiles(from fs.FS, patterns ...string) error {
	for _, pattern := range patterns {
		names, err := fs.Glob(from, pattern)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("there is no template %s", pattern)
		}
		for _, name := range names {
			text, err := fs.ReadFile(from, name)
			if err != nil {
				return err
			}
			if err := s.Parse(path.Base(name), string(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Must compiles the template name for HTML from the files that patterns name, which are
// part of the program. It panics with what is wrong: every run of the tests shows it.
func Must(from fs.FS, funcs Funcs, name string, patterns ...string) *Template {
	s := NewHTML(funcs)
	err := s.ParseFiles(from, patterns...)
	var t *Template
	if err == nil {
		t, err = s.Compile(name)
	}
	if err != nil {
		panic(err)
	}
	return t
}

// Clone is a copy, to which other templates can be added.
func (s *Set) Clone() *Set {
	c := *s
	c.trees = maps.Clone(s.trees)
	return &c
}

// Compile makes the template name ready to be rendered. Its errors name the file, the
// line, and what to do.
func (s *Set) Compile(name string) (*Template, error) {
	c := compiler{set: s, done: map[spot]*body{}, index: map[string]int{}}
	start := place{state: plain}
	if s.html {
		start = place{}
	}
	b, err := c.body(name, start)
	if err != nil {
		return nil, err
	}
	if b.end != start {
		return nil, fmt.Errorf("template %s ends %s: close what is open", name, b.end)
	}
	t := &Template{root: b, names: c.names, constants: c.constants}
	return t.With(s.funcs), nil
}
