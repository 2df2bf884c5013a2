package strictyaml

import (
	"reflect"
	"time"
)

// bind sets v from the value, or reports why it cannot. After a fault v may be
// partly set.
func (d *decoder) bind(n *node, v reflect.Value) {
	switch {
	case n.kind == refused:
		return
	case !v.CanSet() || v.Type() == reflect.TypeFor[time.Duration]():
		d.faultOn(n, programMistake(v.Type()))
		return
	case v.Kind() == reflect.Pointer:
		d.bindPointer(n, v)
		return
	case n.kind == null:
		d.noValue(n, v.Type())
		return
	}
	if u, ok := v.Addr().Interface().(Unmarshaler); ok {
		d.bindUnmarshaler(n, v, u)
		return
	}
	switch v.Kind() {
	case reflect.String:
		d.bindText(n, v)
	case reflect.Bool:
		d.bindBool(n, v)
	case reflect.Int, reflect.Int64:
		d.bindWhole(n, v)
	case reflect.Float64:
		d.bindDecimal(n, v)
	case reflect.Slice:
		d.bindSlice(n, v)
	case reflect.Map:
		d.bindMap(n, v)
	case reflect.Struct:
		d.bindStruct(n, v)
	default:
		d.faultOn(n, programMistake(v.Type()))
	}
}

// bindPointer keeps what the pointer holds as defaults.
func (d *decoder) bindPointer(n *node, v reflect.Value) {
	if !v.IsNil() {
		d.bind(n, v.Elem())
		return
	}
	target := reflect.New(v.Type().Elem())
	d.bind(n, target.Elem())
	v.Set(target)
}

func (d *decoder) noValue(n *node, t reflect.Type) {
	switch {
	case n.parent == nil:
		d.mismatch(n, t)
	case n.key == nil:
		d.faultOn(n, "has no value; remove the entry or give one")
	default:
		d.faultOn(n, "has no value; remove the key or give one")
	}
}

func (d *decoder) mismatch(n *node, t reflect.Type) {
	d.faultOn(n, "expected "+singular(t)+", found "+n.kind.found())
}

// programMistake is the message for a Go type that no document can fill. It is
// a fault and no panic, so that a test of the program's own example sees it.
func programMistake(t reflect.Type) string {
	name := "nil"
	if t != nil {
		name = t.String()
	}
	return "cannot be read into the Go type " + name + "; this is a mistake in the program, not in the file"
}
