package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
)

// A URL that the driver refuses, or reads as another one than was meant, is found where
// it is named, and no part of it is told.
func TestDatabaseURLs(t *testing.T) {
	t.Parallel()
	const good, password, rest = "", "percent-encode", "look at its port"
	for url, want := range map[string]string{
		"postgres://idp:s3cr3t@db.example.com/name":                      good,
		"postgres://idp:s3%2Fcr%233t@db.example.com:5433/name":           good,
		"postgres://idp:s3#cr?3t@db.example.com/name":                    good,
		"postgres://db.example.com/name?application_name=s3cr3t@example": good,
		"postgres:///name?host=/run/postgresql":                          good,
		"postgres://idp@db1.example.com,db2.example.com:5433/name":       good,
		"postgres://idp:s3cr3t@example@db.example.com/name":              good,
		"postgres://idp:s3 cr3t@db.example.com/name":                     password,
		"postgres://idp:s3/cr3t@db.example.com/name":                     password,
		"postgres://idp:5/s3cr3t@db.example.com/name":                    password,
		"postgres://idp:s3%cr3t@db.example.com/name":                     password,
		"postgres://idp:s3cr3t@db.example.com:port/name":                 rest,
		"postgres://idp:s3cr3t@db.example.com/name?sslmode=s3cr3t":       rest,
		"postgres://idp:s3%20cr3t@db.example.com/name?pool_max_conns=s3": rest,
		"postgres://db.example.com/name?sslrootcert=/nowhere/ca.pem":     "names what cannot be read: sslrootcert: open /nowhere/ca.pem",
		"postgres://idp:s3cr3t@db.example.com/name\nand more":            "more than one line",
		"sqlite:/var/lib/idp.db":                                         good,
		"sqlite:":                                                        "file's path",
		"sqlite::memory:":                                                "file's path",
		"mysql://idp:s3cr3t@db.example.com/name":                         "must hold postgres://",
	} {
		file := filepath.Join(t.TempDir(), "url")
		if err := os.WriteFile(file, []byte(url+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for ref, getenv := range map[string]func(string) string{
			"file:" + file: environment,
			"env:THE_URL": func(name string) string {
				if name == "THE_URL" {
					return url
				}
				return environment(name)
			},
		} {
			_, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal(""), "env:IDP_DATABASE_URL", ref, 1)), getenv)
			if want == good && err == nil {
				continue
			}
			if want == good || err == nil {
				t.Errorf("%s: %v", url, err)
				continue
			}
			reason, placed := strings.CutPrefix(err.Error(), "idp.yaml:4:17: database.url: "+ref+" ")
			if !placed || !strings.Contains(reason, want) {
				t.Errorf("%s: %v", url, err)
			}
			if strings.Contains(reason, "cr3t") || strings.Contains(reason, "s3") || strings.Contains(reason, "db.example.com") {
				t.Errorf("%s: the fault shows a part of it: %v", url, err)
			}
		}
	}
}
