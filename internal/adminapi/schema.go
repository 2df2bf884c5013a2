package adminapi

import (
	"reflect"
	"strings"
	"time"
)

// schemas are the schemas of our types (JSON Schema 2020-12), by their names. A
// struct's members are all that there may be, and those that are never left out are
// required.
type schemas struct{ byName object }

// of is the schema of a value's type, or a reference to it.
func (s *schemas) of(value any) object { return s.ofType(reflect.TypeOf(value)) }

func (s *schemas) ofType(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		inner := s.ofType(t.Elem())
		inner["type"] = []any{inner["type"], "null"} // only of plain values
		return inner
	}
	switch t.Kind() {
	case reflect.Struct:
		s.add(t)
		return object{"$ref": "#/components/schemas/" + t.Name()}
	case reflect.Slice:
		return object{"type": "array", "items": s.ofType(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.ofType(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.String:
		return object{"type": "string"}
	default: // any
		return object{}
	}
}

func (s *schemas) add(t reflect.Type) {
	if s.byName[t.Name()] != nil {
		return
	}
	members, required := object{}, []any{}
	s.byName[t.Name()] = object{} // so that a type may hold itself
	for f := range t.Fields() {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		schema := s.ofType(f.Type)
		if about := f.Tag.Get("doc"); about != "" {
			schema["description"] = about
		}
		members[name] = schema
		if rest != "omitempty" {
			required = append(required, name)
		}
	}
	s.byName[t.Name()] = object{"type": "object", "properties": members, "required": required, "additionalProperties": false}
}
