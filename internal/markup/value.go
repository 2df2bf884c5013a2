package markup

import (
	"fmt"
	"reflect"
	"strconv"
)

// HTML is text that is HTML already: known to be safe, and written into text as it is.
// In an attribute its tags are left out.
type HTML string

// URL is an address that may have any scheme, because whoever gave it may choose one.
type URL string

var (
	htmlType     = reflect.TypeFor[HTML]()
	urlType      = reflect.TypeFor[URL]()
	stringType   = reflect.TypeFor[string]()
	errorType    = reflect.TypeFor[error]()
	stringerType = reflect.TypeFor[fmt.Stringer]()
)

// bare is v without the interfaces and pointers around it; the zero Value for nil.
func bare(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

// truth is what an if makes of v: empty, zero and nil are false, a struct is true.
func truth(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() > 0
	case reflect.Struct:
		return true
	default:
		return !v.IsZero()
	}
}

// printed is v as text. nil is nothing.
func printed(v reflect.Value) (string, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() || speaks(v.Type()) {
			break
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return "", nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "", nil
		}
	case reflect.Chan, reflect.Func:
		return "", fmt.Errorf("a %s cannot be written", v.Type())
	}
	if !speaks(v.Type()) {
		switch v.Kind() {
		case reflect.String:
			return v.String(), nil
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			return strconv.FormatInt(v.Int(), 10), nil
		}
	}
	return fmt.Sprint(v.Interface()), nil
}

// speaks reports whether values of type t say themselves what they are as text.
func speaks(t reflect.Type) bool {
	return t.NumMethod() > 0 && (t.Implements(stringerType) || t.Implements(errorType))
}

// given is v for a function.
func given(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}
