package config

import (
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
	secretFiles(reflect.ValueOf(c).Elem(), &in.Files)
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

// secretFiles collects the files of all SecretRefs below v.
func secretFiles(v reflect.Value, files *[]string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			secretFiles(v.Elem(), files)
		}
	case reflect.Slice:
		for i := range v.Len() {
			secretFiles(v.Index(i), files)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			secretFiles(v.MapIndex(key), files)
		}
	case reflect.Struct:
		if ref, ok := v.Interface().(SecretRef); ok {
			if file, isFile := strings.CutPrefix(ref.ref, "file:"); isFile {
				*files = append(*files, file)
			}
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("yaml") != "-" {
				secretFiles(v.Field(i), files)
			}
		}
	}
}
