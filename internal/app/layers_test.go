package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers says which packages of ours each package may import. What is not
// listed is an error too: a new package takes its place here first.
var layers = map[string][]string{
	// embedded files and leaves
	"idp/migrations":                 {},
	"idp/internal/secret":            {},
	"idp/internal/reqlog":            {},
	"idp/internal/logs":              {},
	"idp/internal/config/strictyaml": {"idp/internal/spelling"},
	"idp/internal/outbound":          {},
	"idp/internal/presets":           {"idp/internal/config/strictyaml", "idp/internal/spelling"},
	"idp/internal/spf":               {},
	"idp/internal/markup":            {},
	"idp/internal/words":             {"idp/internal/markup"},
	"idp/internal/lru":               {},
	"idp/internal/pattern":           {},
	"idp/internal/spelling":          {},
	"idp/internal/metrics":           {},
	"idp/internal/spans":             {},
	"idp/internal/colour":            {},
	"idp/web":                        {"idp/internal/colour", "idp/internal/markup", "idp/internal/words"},
	"idp/internal/webhook":           {"idp/internal/secret"},
	"idp/internal/audit":             {"idp/internal/secret"},
	// L0 vocabulary
	"idp/internal/idp": {"idp/internal/secret", "idp/internal/spelling"},
	// L1 core
	"idp/internal/proof":     {"idp/internal/idp", "idp/internal/secret"},
	"idp/internal/magiclink": {"idp/internal/idp", "idp/internal/secret"},
	"idp/internal/clients":   {"idp/internal/idp"},
	"idp/internal/browser":   {"idp/internal/idp", "idp/internal/magiclink", "idp/internal/secret"},
	"idp/internal/config":    {"idp/internal/captcha", "idp/internal/colour", "idp/internal/config/strictyaml", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/outbound", "idp/internal/pattern", "idp/internal/presets", "idp/internal/proof", "idp/internal/secret", "idp/internal/spelling", "idp/internal/words"},
	// L2 adapters
	"idp/internal/storage": {"idp/internal/audit", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/secret", "idp/migrations"},
	"idp/internal/oidc":    {"idp/internal/browser", "idp/internal/clients", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/markup", "idp/internal/proof", "idp/internal/reqlog", "idp/internal/secret", "idp/internal/words", "idp/web"},
	"idp/internal/device":  {"idp/internal/browser", "idp/internal/clients", "idp/internal/idp", "idp/internal/login", "idp/internal/magiclink", "idp/internal/oidc", "idp/internal/reqlog", "idp/internal/secret", "idp/internal/words", "idp/web"},
	"idp/internal/captcha": {"idp/internal/outbound", "idp/internal/secret"},
	"idp/internal/login":   {"idp/internal/browser", "idp/internal/captcha", "idp/internal/clients", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/oidc", "idp/internal/reqlog", "idp/internal/secret", "idp/internal/words", "idp/web"},
	"idp/internal/account": {"idp/internal/browser", "idp/internal/clients", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/reqlog", "idp/internal/words", "idp/web"},
	"idp/internal/mail":    {"idp/internal/browser", "idp/internal/clients", "idp/internal/idp", "idp/internal/lru", "idp/internal/magiclink", "idp/internal/markup", "idp/internal/outbound", "idp/internal/secret", "idp/internal/webhook", "idp/internal/words", "idp/web"},
	"idp/internal/bounce":  {"idp/internal/idp", "idp/internal/magiclink", "idp/internal/mail", "idp/internal/reqlog", "idp/internal/secret", "idp/internal/webhook"},
	"idp/internal/mirror":  {"idp/internal/browser", "idp/internal/secret"},
	"idp/internal/jobs":    {},
	"idp/internal/failure": {"idp/internal/idp", "idp/internal/pattern", "idp/internal/reqlog", "idp/internal/secret"},
	"idp/internal/backup":  {"idp/internal/idp", "idp/internal/storage"},
	"idp/internal/logout":  {"idp/internal/idp", "idp/internal/outbound"},

	"idp/internal/clientmeta":   {"idp/internal/config", "idp/internal/idp", "idp/internal/proof", "idp/internal/secret"},
	"idp/internal/registration": {"idp/internal/clientmeta", "idp/internal/idp", "idp/internal/proof", "idp/internal/reqlog", "idp/internal/secret"},
	"idp/internal/nativeapi":    {"idp/internal/browser", "idp/internal/clients", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/oidc", "idp/internal/reqlog", "idp/internal/secret"},
	"idp/internal/clientdocs":   {"idp/internal/clientmeta", "idp/internal/idp", "idp/internal/lru", "idp/internal/outbound"},
	"idp/internal/clientkeys":   {"idp/internal/idp", "idp/internal/lru", "idp/internal/outbound", "idp/internal/proof"},
	"idp/internal/admin":        {"idp/internal/audit", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/pattern"},
	"idp/internal/gate":         {"idp/internal/idp", "idp/internal/oidc"},
	"idp/internal/adminapi":     {"idp/internal/admin", "idp/internal/audit", "idp/internal/config", "idp/internal/gate", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/reqlog", "idp/internal/server", "idp/web"},
	"idp/internal/console":      {"idp/internal/admin", "idp/internal/audit", "idp/internal/browser", "idp/internal/gate", "idp/internal/idp", "idp/internal/magiclink", "idp/internal/markup", "idp/internal/reqlog", "idp/internal/secret", "idp/internal/server", "idp/web"},
	// development: programs of their own that only speak HTTP and SMTP
	"idp/internal/demo":  {"idp/internal/markup"},
	"idp/internal/inbox": {"idp/internal/markup"},
	// L3 assembly
	"idp/internal/doctor":  {"idp/internal/config", "idp/internal/config/strictyaml", "idp/internal/mail", "idp/internal/mirror", "idp/internal/oidc", "idp/internal/secret", "idp/internal/spf", "idp/internal/storage"},
	"idp/internal/explain": {"idp/internal/config", "idp/internal/idp", "idp/internal/spelling"},
	"idp/internal/walk":    {"idp/internal/config", "idp/internal/idp", "idp/internal/oidc", "idp/internal/outbound", "idp/internal/secret"},
	"idp/internal/snippet": {"idp/internal/config", "idp/internal/idp", "idp/internal/oidc", "idp/internal/presets"},
	"idp/internal/server":  {"idp/internal/idp", "idp/internal/reqlog", "idp/internal/words", "idp/web"},
	"idp/internal/meters":  {"idp/internal/idp", "idp/internal/mail", "idp/internal/metrics", "idp/internal/oidc", "idp/internal/reqlog", "idp/internal/storage"},
	"idp/internal/app":     {"*"},
	"idp/internal/dev":     {"*"},
	"idp/cmd/idp":          {"*"},
	// test code
	"idp/deploy":                   {},
	"idp/internal/testdb":          {"*"},
	"idp/internal/testdns":         {},
	"idp/internal/apptest":         {"*"},
	"idp/internal/conformance":     {},
	"idp/internal/lab/chromium":    {},
	"idp/internal/lab/scanners":    {},
	"idp/internal/lab/promises":    {},
	"idp/internal/lab/enumeration": {},
	"idp/internal/lab/year":        {},
	"idp/internal/prove":           {},
	"idp/e2e/server":               {"*"},
	"idp/examples/go":              {}, // as any other application
	"idp/examples/device":          {},
	"idp/examples/machine":         {},
	"idp/scripts/testsummary":      {},
	"idp/scripts/conformancetable": {},
	"idp/scripts/prove":            {"idp/internal/prove"},
}

// homes says who alone may import a framework, however deep.
var homes = map[string][]string{
	"github.com/gorilla/mux":    {"idp/internal/server"},
	"gorm.io/":                  {"idp/internal/storage"},
	"github.com/zitadel/oidc":   {"idp/internal/oidc"},
	"github.com/wneessen/":      {"idp/internal/mail"},
	"github.com/goccy/go-yaml":  {"idp/internal/config/strictyaml"},
	"github.com/pressly/goose":  {"idp/internal/storage"},
	"github.com/coreos/go-oidc": {"idp/internal/demo", "idp/examples/go", "idp/examples/device", "idp/examples/machine"},
	"golang.org/x/oauth2":       {"idp/internal/demo", "idp/examples/go", "idp/examples/device", "idp/examples/machine"},
	"github.com/emersion/go-s":  {"idp/internal/inbox", "idp/e2e/server"}, // go-smtp, go-sasl

	"github.com/emersion/go-msgauth": {"idp/internal/doctor", "idp/internal/mail", "idp/internal/mail_test"},
}

// pure lists what the vocabulary and the core must not even reach indirectly.
var pure = []string{"net/http", "gorm.io/gorm", "database/sql", "github.com/zitadel/oidc/v3/pkg/oidc"}

type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func list(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "idp/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p goPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestLayers(t *testing.T) {
	for _, p := range list(t) {
		if strings.HasPrefix(p.ImportPath, "idp/bench") {
			continue // a program that stands outside and measures
		}
		allowed, known := layers[p.ImportPath]
		if !known {
			t.Errorf("%s has no place in the layers", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "idp/") && !slices.Contains(allowed, "*") && !slices.Contains(allowed, imported) {
				t.Errorf("%s must not import %s", p.ImportPath, imported)
			}
			for framework, home := range homes {
				if strings.HasPrefix(imported, framework) && !slices.Contains(home, p.ImportPath) {
					t.Errorf("%s must not import %s: its home is %s", p.ImportPath, imported, home)
				}
			}
		}
		if p.ImportPath == "idp/internal/idp" || p.ImportPath == "idp/internal/magiclink" {
			for _, dep := range pure {
				if slices.Contains(p.Deps, dep) {
					t.Errorf("%s reaches %s", p.ImportPath, dep)
				}
			}
		}
	}
}
