package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"idp/internal/idp"
)

// Setting is one setting that is in force and where it comes from: file:line,
// default, or the preset of a client.
type Setting struct {
	Path  string `json:"path"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// Explain lists all settings, in the order of config.example.yaml. Secrets are
// only said to be set. Settings of clients without a default are left out where
// the file does not have them.
func (c *Config) Explain() []Setting {
	e := &explainer{config: c}
	e.walk("", reflect.ValueOf(c).Elem())
	return e.out
}

type explainer struct {
	config *Config
	out    []Setting
}

func (e *explainer) walk(path string, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[*KeySet]():
		e.add(path, shown(v))
	case v.Kind() == reflect.Pointer && !v.IsNil() && settings(v.Type().Elem()):
		e.walk(path, v.Elem())
	case v.Kind() == reflect.Slice && settings(v.Type().Elem()):
		for i := range v.Len() {
			e.walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case v.Kind() == reflect.Map && settings(v.Type().Elem()):
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			e.walk(path+"."+key.String(), v.MapIndex(key))
		}
	case settings(v.Type()):
		if c, ok := v.Interface().(Client); ok {
			e.client(path, &c)
			return
		}
		for i := range v.NumField() {
			if key := yamlKey(v.Type().Field(i)); key != "" {
				e.walk(strings.TrimPrefix(path+"."+key, "."), v.Field(i))
			}
		}
	default:
		e.add(path, shown(v))
	}
}

// add lists a setting unless there is nothing to say.
func (e *explainer) add(path, value string) {
	from := "default"
	if at, there := e.config.spots(path); there {
		from = fmt.Sprintf("%s:%d", at.File, at.Line)
	} else if value == "" {
		return
	}
	e.out = append(e.out, Setting{path, value, from})
}

// client lists the keys that the file has, and those that got a default.
func (e *explainer) client(path string, c *Client) {
	v := reflect.ValueOf(c).Elem()
	listed := map[string]bool{}
	for i := range v.NumField() {
		key := yamlKey(v.Type().Field(i))
		if _, there := e.config.spots(path + "." + key); key != "" && there {
			listed[key] = true
			e.walk(path+"."+key, v.Field(i))
		}
	}
	d := c.client()
	fields := clientFields(d)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if top, _, _ := strings.Cut(key, "."); !listed[top] {
			e.add(path+"."+key, fields[key].text)
			if c.filled[top] && fields[key].text != "" {
				e.out[len(e.out)-1].From = "preset " + c.Preset
			}
		}
	}
}

// shown is a value as its YAML would have it; "" for one that is not there.
func shown(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case SecretRef:
		return setOrNot(x.IsSet())
	case ClientSecret, RegistrationToken:
		return "set"
	case Duration:
		return x.String()
	case Rate:
		return fmt.Sprintf("%d/%s", x.Max, Duration(x.Window))
	case KeySet:
		return idp.Count(len(x.Keys), "key")
	}
	if v.Kind() == reflect.Map {
		return setOrNot(v.Len() > 0) // of headers that are secrets
	}
	if v.Kind() != reflect.Slice {
		return fmt.Sprint(v.Interface())
	}
	texts := make([]string, v.Len())
	for i := range texts {
		texts[i] = shown(v.Index(i))
	}
	if len(texts) == 0 {
		return ""
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func setOrNot(set bool) string {
	if set {
		return "set"
	}
	return ""
}
