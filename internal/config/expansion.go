package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// expansion is what shells, Compose and other programs would replace.
var expansion = regexp.MustCompile(`\$\{[^}]*\}|\$\([^)]*\)|^\$[A-Za-z_][A-Za-z0-9_]*$`)

// checkExpansion refuses texts that somebody wrote to be expanded: nothing is, and
// the text itself is never what was meant.
func (v *validator) checkExpansion() {
	v.unexpanded("", reflect.ValueOf(v.config).Elem())
}

func (v *validator) unexpanded(path string, value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		if expansion.MatchString(value.String()) {
			v.fail(path, "holds a variable, and nothing is expanded here: write the value out, or use env:NAME where a secret stands")
		}
	case reflect.Pointer:
		if !value.IsNil() {
			v.unexpanded(path, value.Elem())
		}
	case reflect.Slice:
		for i := range value.Len() {
			v.unexpanded(fmt.Sprintf("%s[%d]", path, i), value.Index(i))
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			v.unexpanded(path+"."+key.String(), value.MapIndex(key))
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if key := yamlKey(value.Type().Field(i)); key != "" {
				v.unexpanded(strings.TrimPrefix(path+"."+key, "."), value.Field(i))
			}
		}
	}
}
