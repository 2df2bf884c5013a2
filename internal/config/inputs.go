package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Inputs are the places that a configuration was read from, also where something
// was missing: what to look at to learn that it may read differently now.
type Inputs struct {
	Documents []string // the YAML files
	Files     []string // that the YAML names: secrets, certificates, own words
	Patterns  []string // whose matches may become more
}

// inputs lists what c was read from. c may be full of faults.
func (c *Config) inputs(documents []string) Inputs {
	in := Inputs{Documents: documents}
	eachSecret("", reflect.ValueOf(c).Elem(), func(_ string, ref SecretRef) { in.Files = append(in.Files, one(ref.file())...) })
	in.Files = append(append(in.Files, c.HTTP.TrustedCAs...), c.ClientsByMetadata.TrustedCAs...)
	for _, file := range []string{c.TLS.CertFile, c.TLS.KeyFile, c.Admin.TLS.CertFile, c.Admin.TLS.KeyFile, c.Admin.TLS.ClientCAFile, c.Mail.SMTP.CAFile} {
		in.Files = append(in.Files, one(file)...)
	}
	for _, p := range c.Mail.Providers {
		in.Files = append(in.Files, one(p.SMTP.CAFile)...)
	}
	if dir := c.Locales.Dir; dir != "" { // see app.Words for what is where
		for _, below := range []string{"*", "*/*", "*/*/*"} {
			in.Patterns = append(in.Patterns, filepath.Join(dir, below))
		}
	}
	slices.Sort(in.Files)
	in.Files = slices.Compact(in.Files)
	return in
}

// eachSecret visits all SecretRefs of v, which stands at path.
func eachSecret(path string, v reflect.Value, visit func(path string, ref SecretRef)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachSecret(path, v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachSecret(fmt.Sprintf("%s[%d]", path, i), v.Index(i), visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			eachSecret(path+"."+key.String(), v.MapIndex(key), visit)
		}
	case reflect.Struct:
		if ref, ok := v.Interface().(SecretRef); ok {
			visit(path, ref)
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if key := yamlKey(f); f.Anonymous {
				eachSecret(path, v.Field(i), visit)
			} else if key != "" {
				eachSecret(strings.TrimPrefix(path+"."+key, "."), v.Field(i), visit)
			}
		}
	}
}
