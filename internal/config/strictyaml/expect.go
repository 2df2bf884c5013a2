package strictyaml

import "reflect"

// singular names what a Go type takes, in "expected …".
func singular(t reflect.Type) string {
	if isUnmarshaler(t) {
		return "a single value"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return singular(t.Elem())
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list of " + plural(t.Elem())
	case reflect.Map:
		return "a mapping of " + plural(t.Elem())
	case reflect.Struct:
		return "a mapping"
	}
	return "a whole number"
}

func plural(t reflect.Type) string {
	if isUnmarshaler(t) {
		return "single values"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return plural(t.Elem())
	case reflect.String:
		return "texts"
	case reflect.Bool:
		return "true or false values"
	case reflect.Float64:
		return "numbers"
	case reflect.Slice:
		return "lists"
	case reflect.Map, reflect.Struct:
		return "mappings"
	}
	return "whole numbers"
}
