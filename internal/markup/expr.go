package markup

import (
	"fmt"
	"reflect"
	"sync/atomic"
)

// expr is a part of a plan that finds a value. The zero Value is nil.
type expr interface {
	eval(r *run, f frame, dot reflect.Value) (reflect.Value, error)
}

// dot is what the template looks at.
type dot struct{}

func (dot) eval(_ *run, _ frame, dot reflect.Value) (reflect.Value, error) { return dot, nil }

// fixed is a constant.
type fixed struct{ v reflect.Value }

func (c fixed) eval(*run, frame, reflect.Value) (reflect.Value, error) { return c.v, nil }

// variable is the value in a slot.
type variable int

func (v variable) eval(_ *run, f frame, _ reflect.Value) (reflect.Value, error) { return f[v], nil }

// field is a field of a struct or the value under a key of a map.
type field struct {
	of    expr
	name  string
	key   reflect.Value // name, as a key
	where string
	last  atomic.Pointer[found]
}

// found is where the field stands in one type: templates mostly see only one.
type found struct {
	in    reflect.Type
	index []int
}

func (n *field) eval(r *run, f frame, dot reflect.Value) (reflect.Value, error) {
	v, err := n.of.eval(r, f, dot)
	if err != nil {
		return v, err
	}
	if n.name == "IsZero" {
		if z, ok := given(bare(v)).(interface{ IsZero() bool }); ok {
			return reflect.ValueOf(z.IsZero()), nil
		}
	}
	switch v = bare(v); v.Kind() {
	case reflect.Struct:
		at := n.last.Load()
		if at == nil || at.in != v.Type() {
			sf, ok := v.Type().FieldByName(n.name)
			if !ok || !sf.IsExported() {
				return v, fmt.Errorf("%s: there is no %s here, or it is a method, which cannot be called", n.where, n.name)
			}
			at = &found{v.Type(), sf.Index}
			n.last.Store(at)
		}
		inner, err := v.FieldByIndexErr(at.index)
		if err != nil {
			return v, fmt.Errorf("%s: %s is in nothing", n.where, n.name)
		}
		return inner, nil
	case reflect.Map:
		if v.Type().Key() == n.key.Type() {
			return v.MapIndex(n.key), nil
		}
	case reflect.Invalid:
		return v, fmt.Errorf("%s: there is nothing that could have a %s", n.where, n.name)
	}
	return v, fmt.Errorf("%s: a %s has no %s", n.where, v.Type(), n.name)
}

// call asks a function.
type call struct {
	function int
	args     []expr
	where    string
	name     string
}

func (c *call) eval(r *run, f frame, dot reflect.Value) (reflect.Value, error) {
	args := make([]any, len(c.args))
	for i, arg := range c.args {
		v, err := arg.eval(r, f, dot)
		if err != nil {
			return v, err
		}
		args[i] = given(v)
	}
	answer, err := r.template.funcs[c.function](args)
	if err != nil {
		return reflect.Value{}, fmt.Errorf("%s: %s: %w", c.where, c.name, err)
	}
	return reflect.ValueOf(answer), nil
}

// junction is an and or an or: the first value that decides, or the last.
type junction struct {
	args []expr
	or   bool
}

func (j junction) eval(r *run, f frame, dot reflect.Value) (v reflect.Value, err error) {
	for _, arg := range j.args {
		if v, err = arg.eval(r, f, dot); err != nil || truth(v) == j.or {
			return v, err
		}
	}
	return v, nil
}
