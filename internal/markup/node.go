package markup

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// node is a part of a plan that writes.
type node interface {
	write(r *run, f frame, dot reflect.Value) error
}

var (
	errBreak    = errors.New("markup: break")
	errContinue = errors.New("markup: continue")
)

// list is one node after the other.
type list []node

func (l list) write(r *run, f frame, dot reflect.Value) error {
	for _, n := range l {
		if err := n.write(r, f, dot); err != nil {
			return err
		}
	}
	return nil
}

// literal is the template's own text.
type literal []byte

func (l literal) write(r *run, _ frame, _ reflect.Value) error {
	r.out = append(r.out, l...)
	return nil
}

// show writes a value.
type show struct {
	value  expr
	escape escaper
	where  string
}

func (s show) write(r *run, f frame, dot reflect.Value) error {
	v, err := s.value.eval(r, f, dot)
	if err != nil {
		return err
	}
	if r.out, err = s.escape.append(r.out, v); err != nil {
		return fmt.Errorf("%s: %w", s.where, err)
	}
	return nil
}

// always is a value that is the same each time, and found out once.
type always struct {
	show
	number int
}

func (a always) write(r *run, f frame, dot reflect.Value) error {
	kept := &r.template.said[a.number]
	if said := kept.Load(); said != nil {
		r.out = append(r.out, *said...)
		return nil
	}
	from := len(r.out)
	if err := a.show.write(r, f, dot); err != nil {
		return err
	}
	said := string(r.out[from:])
	kept.Store(&said)
	return nil
}

// assignment sets a variable.
type assignment struct {
	slot  int
	value expr
}

func (a assignment) write(r *run, f frame, dot reflect.Value) (err error) {
	f[a.slot], err = a.value.eval(r, f, dot)
	return err
}

// choice is an if, or a with, which makes what it finds the dot.
type choice struct {
	value   expr
	slot    int // of the variable that it sets; -1 for none
	with    bool
	yes, no list
}

func (c choice) write(r *run, f frame, dot reflect.Value) error {
	v, err := c.value.eval(r, f, dot)
	if err != nil {
		return err
	}
	if c.slot >= 0 {
		f[c.slot] = v
	}
	if !truth(v) {
		return c.no.write(r, f, dot)
	}
	if c.with {
		dot = v
	}
	return c.yes.write(r, f, dot)
}

// loop is a range.
type loop struct {
	value        expr
	key, element int // slots of variables; -1 for none
	each, none   list
	where        string
}

func (l loop) write(r *run, f frame, dot reflect.Value) error {
	v, err := l.value.eval(r, f, dot)
	if err != nil {
		return err
	}
	set := func(key, element reflect.Value) {
		if l.key >= 0 {
			f[l.key] = key
		}
		if l.element >= 0 {
			f[l.element] = element
		}
	}
	set(v, v) // what an else sees
	v = bare(v)
	turn := func(key, element reflect.Value) (more bool, err error) {
		set(key, element)
		switch err := l.each.write(r, f, element); {
		case errors.Is(err, errBreak):
			return false, nil
		case err != nil && !errors.Is(err, errContinue):
			return false, err
		}
		return true, nil
	}
	switch v.Kind() {
	case reflect.Invalid:
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if more, err := turn(reflect.ValueOf(i), v.Index(i)); err != nil || !more {
				return err
			}
		}
		if v.Len() > 0 {
			return nil
		}
	case reflect.Map:
		for _, key := range sortedKeys(v) {
			if more, err := turn(key, v.MapIndex(key)); err != nil || !more {
				return err
			}
		}
		if v.Len() > 0 {
			return nil
		}
	default:
		return fmt.Errorf("%s: a range needs a list or a map, and this is a %s", l.where, v.Type())
	}
	return l.none.write(r, f, dot)
}

// sortedKeys are the keys of a map in the order in which they would be printed.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		order, _ := compare(a, b) // what cannot be compared stays as it comes
		return order
	})
	return keys
}

// jump leaves a turn of a range, or the range.
type jump struct{ err error }

func (j jump) write(*run, frame, reflect.Value) error { return j.err }

// inclusion is another template.
type inclusion struct {
	body  *body
	value expr // its dot; nil for none
}

func (i inclusion) write(r *run, f frame, dot reflect.Value) error {
	var v reflect.Value
	if i.value != nil {
		var err error
		if v, err = i.value.eval(r, f, dot); err != nil {
			return err
		}
	}
	return r.body(i.body, v)
}
