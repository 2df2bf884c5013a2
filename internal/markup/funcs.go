package markup

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
)

// F0 makes a Func of a function without arguments.
func F0[R any](f func() R) Func {
	return func(args []any) (any, error) {
		if err := count(args, 0); err != nil {
			return nil, err
		}
		return f(), nil
	}
}

// F1 makes a Func of a function of one argument.
func F1[A, R any](f func(A) R) Func {
	return F1E(func(a A) (R, error) { return f(a), nil })
}

// F1E makes a Func of a function of one argument that may fail.
func F1E[A, R any](f func(A) (R, error)) Func {
	return func(args []any) (any, error) {
		if err := count(args, 1); err != nil {
			return nil, err
		}
		a, err := Arg[A](args, 0)
		if err != nil {
			return nil, err
		}
		return f(a)
	}
}

// F2E makes a Func of a function of two arguments that may fail.
func F2E[A, B, R any](f func(A, B) (R, error)) Func {
	return func(args []any) (any, error) {
		if err := count(args, 2); err != nil {
			return nil, err
		}
		a, errA := Arg[A](args, 0)
		b, errB := Arg[B](args, 1)
		if err := errors.Join(errA, errB); err != nil {
			return nil, err
		}
		return f(a, b)
	}
}

func count(args []any, want int) error {
	if len(args) != want {
		return fmt.Errorf("it takes %d values, and is given %d", want, len(args))
	}
	return nil
}

// Arg is one of the arguments of a Func as an A, or an error that says what it is. Every
// type of text is good as a string, and none as HTML or another that says more.
func Arg[A any](args []any, i int) (A, error) {
	var a A
	if i >= len(args) {
		return a, fmt.Errorf("it takes more than %d values", len(args))
	}
	if a, ok := args[i].(A); ok {
		return a, nil
	}
	want := reflect.TypeFor[A]()
	if v := bare(reflect.ValueOf(args[i])); v.IsValid() {
		if v.Type().AssignableTo(want) || v.Kind() == reflect.String && want == stringType {
			return v.Convert(want).Interface().(A), nil
		}
	}
	return a, fmt.Errorf("value %d is a %T, and must be a %s", i+1, args[i], want)
}

// builtins are functions that every template has, beside and, and or.
var builtins = Funcs{
	"not": func(args []any) (any, error) {
		return unary(args, func(v reflect.Value) (any, error) { return !truth(v), nil })
	},
	"len": func(args []any) (any, error) { return unary(args, length) },
	"eq":  equal,
	"ne": func(args []any) (any, error) {
		return binary(args, func(a, b reflect.Value) (bool, error) { eq, err := same(a, b); return !eq, err })
	},
	"lt": func(args []any) (any, error) { return binary(args, less) },
	"gt": func(args []any) (any, error) {
		return binary(args, func(a, b reflect.Value) (bool, error) { return less(b, a) })
	},
	"le": func(args []any) (any, error) {
		return binary(args, func(a, b reflect.Value) (bool, error) { gt, err := less(b, a); return !gt, err })
	},
	"ge": func(args []any) (any, error) {
		return binary(args, func(a, b reflect.Value) (bool, error) { lt, err := less(a, b); return !lt, err })
	},
	"index":   index,
	"slice":   slice,
	"print":   func(args []any) (any, error) { return fmt.Sprint(args...), nil },
	"println": func(args []any) (any, error) { return fmt.Sprintln(args...), nil },
	"printf": func(args []any) (any, error) {
		format, err := Arg[string](args, 0)
		if err != nil {
			return nil, err
		}
		return fmt.Sprintf(format, args[1:]...), nil
	},
}

func unary(args []any, f func(reflect.Value) (any, error)) (any, error) {
	if err := count(args, 1); err != nil {
		return nil, err
	}
	return f(reflect.ValueOf(args[0]))
}

func binary(args []any, f func(a, b reflect.Value) (bool, error)) (any, error) {
	if err := count(args, 2); err != nil {
		return nil, err
	}
	return f(bare(reflect.ValueOf(args[0])), bare(reflect.ValueOf(args[1])))
}

func length(v reflect.Value) (any, error) {
	switch v = bare(v); v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String, reflect.Chan:
		return v.Len(), nil
	case reflect.Invalid:
		return nil, errors.New("nothing has no length")
	}
	return nil, fmt.Errorf("a %s has no length", v.Type())
}

// equal reports whether the first value is one of the others.
func equal(args []any) (any, error) {
	if len(args) < 2 {
		return nil, errors.New("it compares two values or more")
	}
	for i := range args[1:] {
		if eq, err := binary([]any{args[0], args[i+1]}, same); err != nil || eq.(bool) {
			return eq, err
		}
	}
	return false, nil
}

func same(a, b reflect.Value) (bool, error) {
	if isNil(a) || isNil(b) {
		return isNil(a) == isNil(b), nil
	}
	if order, err := compare(a, b); err == nil {
		return order == 0, nil
	}
	if a.Type() != b.Type() || !a.Comparable() {
		return false, unlike(a, b)
	}
	return a.Equal(b), nil
}

// isNil reports whether v is nothing, or a list or a map that is nil.
func isNil(v reflect.Value) bool {
	return !v.IsValid() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.IsNil()
}

func less(a, b reflect.Value) (bool, error) {
	order, err := compare(a, b)
	return order < 0, err
}

// compare orders two numbers or two strings. Those of one kind need not have one type.
func compare(a, b reflect.Value) (int, error) {
	switch {
	case !a.IsValid() || !b.IsValid():
	case a.CanInt() && b.CanInt():
		return cmp.Compare(a.Int(), b.Int()), nil
	case a.CanUint() && b.CanUint():
		return cmp.Compare(a.Uint(), b.Uint()), nil
	case a.CanInt() && b.CanUint():
		if a.Int() < 0 {
			return -1, nil
		}
		return cmp.Compare(uint64(a.Int()), b.Uint()), nil
	case a.CanUint() && b.CanInt():
		order, err := compare(b, a)
		return -order, err
	case a.CanFloat() && b.CanFloat():
		return cmp.Compare(a.Float(), b.Float()), nil
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String()), nil
	}
	return 0, unlike(a, b)
}

func unlike(a, b reflect.Value) error {
	return fmt.Errorf("%s and %s cannot be compared", kind(a), kind(b))
}

func kind(v reflect.Value) string {
	if !v.IsValid() {
		return "nothing"
	}
	return "a " + v.Type().String()
}

// slice is a piece of a string or a list: from where, and up to where, if it has an end.
func slice(args []any) (any, error) {
	if len(args) < 1 || len(args) > 3 {
		return nil, errors.New("it takes a text or a list, where the piece begins, and where it ends")
	}
	v := bare(reflect.ValueOf(args[0]))
	if k := v.Kind(); k != reflect.String && k != reflect.Slice {
		return nil, fmt.Errorf("%s has no pieces", kind(v))
	}
	ends := [2]int{0, v.Len()}
	for i, arg := range args[1:] {
		var err error
		if ends[i], err = Arg[int]([]any{arg}, 0); err != nil {
			return nil, err
		}
	}
	if ends[0] < 0 || ends[1] > v.Len() || ends[0] > ends[1] {
		return nil, fmt.Errorf("there is no piece from %d to %d in %d", ends[0], ends[1], v.Len())
	}
	return v.Slice(ends[0], ends[1]).Interface(), nil
}

// index is what stands in a list or a map under the keys behind it, one in the other.
func index(args []any) (any, error) {
	if len(args) == 0 {
		return nil, errors.New("it needs a list or a map")
	}
	v := reflect.ValueOf(args[0])
	for _, arg := range args[1:] {
		key := bare(reflect.ValueOf(arg))
		switch v = bare(v); {
		case v.Kind() == reflect.Map && key.IsValid() && key.CanConvert(v.Type().Key()) && key.Kind() == v.Type().Key().Kind():
			none := reflect.Zero(v.Type().Elem())
			if v = v.MapIndex(key.Convert(v.Type().Key())); !v.IsValid() {
				v = none
			}
		case (v.Kind() == reflect.Slice || v.Kind() == reflect.Array || v.Kind() == reflect.String) && key.CanInt():
			if key.Int() < 0 || key.Int() >= int64(v.Len()) {
				return nil, fmt.Errorf("there is no number %d in %d values", key.Int(), v.Len())
			}
			v = v.Index(int(key.Int()))
		default:
			return nil, fmt.Errorf("%s has no %v in it", kind(v), arg)
		}
	}
	return given(v), nil
}
