package config

import (
	"reflect"
	"slices"
	"strings"
)

// Changes lists the YAML paths whose settings differ, but for clients, whose plan
// says more. A list or mapping is one setting.
func Changes(old, now *Config) []string {
	var paths []string
	changes("", reflect.ValueOf(old).Elem(), reflect.ValueOf(now).Elem(), &paths)
	return slices.DeleteFunc(paths, func(p string) bool { return p == "clients" })
}

func changes(path string, old, now reflect.Value, paths *[]string) {
	if old.Kind() != reflect.Struct || !settings(old.Type()) {
		if !reflect.DeepEqual(old.Interface(), now.Interface()) {
			*paths = append(*paths, path)
		}
		return
	}
	for i := range old.NumField() {
		if key := yamlKey(old.Type().Field(i)); key != "" {
			changes(strings.TrimPrefix(path+"."+key, "."), old.Field(i), now.Field(i), paths)
		}
	}
}

// settings reports whether a struct is a mapping of the configuration.
func settings(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if yamlKey(t.Field(i)) != "" {
			return true
		}
	}
	return false
}

// yamlKey is the key that a field is written under; "" if it is none.
func yamlKey(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if key == "-" {
		return ""
	}
	return key
}

// fixed are the settings that a process keeps for its life. The issuer is what
// clients and people trust; listeners, certificates' places, the database and the
// way of spans are in use; and with another root secret, what is sealed and signed could not be
// read by those requests that are still in hand.
var fixed = []string{"issuer", "listen", "tls", "secret", "previous_secret", "database", "log.format", "admin", "tracing", "shutdown_delay"}

// NeedRestart lists the YAML paths that differ and that only a restart changes.
func NeedRestart(old, now *Config) []string {
	return slices.DeleteFunc(Changes(old, now), func(p string) bool {
		return !slices.ContainsFunc(fixed, func(f string) bool { return p == f || strings.HasPrefix(p, f+".") })
	})
}
