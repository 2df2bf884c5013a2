package markup

import (
	"maps"
	"reflect"
	"sync/atomic"
)

// Template is ready to be rendered, by any number of goroutines at once.
type Template struct {
	root      *body
	names     []string // of the functions that it uses
	constants int      // how many values it has that are always the same

	given Funcs
	funcs []Func
	said  []atomic.Pointer[string] // the constant values, once each was needed
}

// With is the template with functions in the places of those of the same names.
func (t *Template) With(funcs Funcs) *Template {
	c := &Template{root: t.root, names: t.names, constants: t.constants, given: maps.Clone(t.given)}
	if c.given == nil {
		c.given = Funcs{}
	}
	maps.Copy(c.given, funcs)
	for _, name := range c.names {
		c.funcs = append(c.funcs, c.given[name])
	}
	c.said = make([]atomic.Pointer[string], c.constants)
	return c
}

// Append appends the rendered template to b. With an error it has appended a part.
func (t *Template) Append(b []byte, data any) ([]byte, error) {
	r := run{template: t, out: b}
	err := r.body(t.root, reflect.ValueOf(data))
	return r.out, err
}

// String is the rendered template.
func (t *Template) String(data any) (string, error) {
	b, err := t.Append(nil, data)
	return string(b), err
}

// run is one rendering.
type run struct {
	template *Template
	out      []byte
}

// frame is the variables of one template while it is rendered; the first is $.
type frame []reflect.Value

func (r *run) body(b *body, dot reflect.Value) error {
	f := make(frame, b.variables)
	f[0] = dot
	return b.root.write(r, f, dot)
}
