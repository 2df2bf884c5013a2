package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"idp/internal/config/strictyaml"
)

// schema is a JSON Schema (draft 2020-12), as far as a configuration needs it.
type schema map[string]any

const span = `([0-9]+d|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+)`

// patterns are the types that one text fills.
var patterns = map[reflect.Type]string{
	reflect.TypeFor[Duration]():          "^" + span + "$",
	reflect.TypeFor[Rate]():              "^[1-9][0-9]*/" + span + "$",
	reflect.TypeFor[SecretRef]():         "^(env|file):.+$",
	reflect.TypeFor[ClientSecret]():      "^(sha256:[A-Za-z0-9_-]{43}|(env|file):.+)$",
	reflect.TypeFor[RegistrationToken](): "^sha256:[A-Za-z0-9_-]{43}$",
}

// schemaMaker makes the schema of Config.
type schemaMaker struct {
	rules map[string]rule
	words map[string]string // the example's comments, by path
}

// makeSchema puts the types, the rules of the validator and the comments of the
// example together.
func makeSchema(t *testing.T, example string) string {
	t.Helper()
	m := &schemaMaker{rules: rulesOf(), words: comments(example)}
	s := m.of("", reflect.TypeFor[Config](), reflect.ValueOf(Default()))
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Configuration of idp"
	s["description"] = "A configuration, or a file that it includes. idp config check says more."
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var entry = regexp.MustCompile(`\[\d+\]`)

// rulesOf lets the validator judge a configuration that has one of everything, and
// writes down what it asks.
func rulesOf() map[string]rule {
	c := Default()
	fill(reflect.ValueOf(&c).Elem())
	c.Mail.SMTP.Host = "smtp.example.com" // or nobody asks about it
	v := &validator{config: &c, getenv: func(string) string { return "" }, positions: &strictyaml.Positions{}, rules: map[string]rule{}}
	v.check()
	out := map[string]rule{}
	for path, r := range v.rules {
		out[entry.ReplaceAllString(path, "[]")] = r
	}
	return out
}

// fill gives every list one entry and every pointer something to point to.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if yamlKey(v.Type().Field(i)) != "" {
				fill(v.Field(i))
			}
		}
	}
}

// of is the schema of one type at one path; def holds its defaults, or nothing.
func (m *schemaMaker) of(path string, t reflect.Type, def reflect.Value) schema {
	if t.Kind() == reflect.Pointer {
		return m.of(path, t.Elem(), reflect.Value{})
	}
	s := schema{}
	switch pattern, text := patterns[t]; {
	case text:
		s["type"], s["pattern"] = "string", pattern
	case t.Kind() == reflect.Slice:
		s["type"], s["items"] = "array", m.of(path+"[]", t.Elem(), reflect.Value{})
	case t.Kind() == reflect.Map:
		s["type"], s["additionalProperties"] = "object", m.of(path+"{}", t.Elem(), reflect.Value{})
	case t.Kind() == reflect.Struct:
		m.object(s, path, t, def)
	default:
		s["type"] = map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Float64: "number"}[t.Kind()]
	}
	if words := m.words[path]; words != "" {
		s["description"] = words
	}
	r := m.rules[path]
	if len(r.oneOf) > 0 {
		s["enum"] = r.oneOf
	}
	if r.high > r.low {
		s["minimum"], s["maximum"] = r.low, r.high
	}
	if text := defaultText(def); text != nil {
		s["default"] = text
	}
	return s
}

func (m *schemaMaker) object(s schema, path string, t reflect.Type, def reflect.Value) {
	properties := schema{}
	for i := range t.NumField() {
		key := yamlKey(t.Field(i))
		if key == "" {
			continue
		}
		inner := reflect.Value{}
		if def.IsValid() {
			inner = def.Field(i)
		}
		properties[key] = m.of(strings.TrimPrefix(path+"."+key, "."), t.Field(i).Type, inner)
	}
	s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
	if t == reflect.TypeFor[Client]() {
		s["required"], s["anyOf"] = []string{"id"}, []schema{{"required": []string{"name"}}, {"required": []string{"preset"}}}
	}
}

// defaultText is a default as a document would write it; nil for none.
func defaultText(v reflect.Value) any {
	if !v.IsValid() || settings(v.Type()) || v.IsZero() && v.Kind() != reflect.Bool {
		return nil
	}
	switch v.Kind() {
	case reflect.Bool, reflect.String:
		return v.Interface()
	case reflect.Int, reflect.Float64:
		return v.Interface()
	case reflect.Slice:
		list := []string{}
		for i := range v.Len() {
			list = append(list, shown(v.Index(i)))
		}
		return list
	}
	if text := shown(v); text != "" {
		return text
	}
	return nil
}
