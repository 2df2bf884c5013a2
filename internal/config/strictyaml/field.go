package strictyaml

import (
	"reflect"
	"strings"
)

// field is a struct field that a key can set.
type field struct {
	name  string
	index []int
}

// fieldsOf lists the fields with a yaml tag, those of inline structs among
// them. If two have one name, the first declared wins.
func fieldsOf(t reflect.Type, prefix []int) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(prefix[:len(prefix):len(prefix)], i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case option == "inline" && f.Anonymous && f.Type.Kind() == reflect.Struct:
			fields = append(fields, fieldsOf(f.Type, index)...)
		case name != "" && name != "-":
			fields = append(fields, field{name, index})
		}
	}
	return fields
}

func find(fields []field, name string) (field, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}
