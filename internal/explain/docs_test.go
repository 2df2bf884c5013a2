package explain

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/config"
	"idp/internal/idp"
)

const documentedFile = `issuer: https://login.example.com
secret: env:ROOT
database: {url: env:DATABASE}
mail: {from: login@example.com, smtp: {host: smtp.example.com}}
clients:

  - id: numbers
    preset: grafana
    url: https://grafana.example.com
    secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]
`

func documented(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Parse("idp.yaml", []byte(documentedFile), func(n string) string {
		return map[string]string{"ROOT": strings.Repeat("s", 44), "DATABASE": "sqlite:x.db"}[n]
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// docs/explain.md shows an explanation, and lists all kinds.
func TestDocumentationIsTrue(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	cfg := documented(t)
	e := Of(cfg, &idp.Failure{
		At: time.Date(2026, 11, 21, 19, 5, 11, 0, time.UTC), ClientID: "numbers", Kind: idp.FailRedirect, RequestID: "4KQ7ZT2MWX9A",
		Seen: "http://grafana.example.com/login/generic_oauth",
	})
	if !strings.Contains(string(raw), "```\n"+e.Text()+"```\n") {
		t.Errorf("docs/explain.md does not show:\n%s", e.Text())
	}
	_, table, _ := strings.Cut(string(raw), "| --- | --- |\n")
	var want strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(&want, "| `%s` | %s |\n", kind, rules[kind].what)
	}
	if table != want.String() {
		t.Errorf("docs/explain.md must end with:\n%s", &want)
	}
}

// What was mended says so, and what has no client has no line of one.
func TestMendedFailures(t *testing.T) {
	t.Parallel()
	cfg := documented(t)
	for _, f := range []idp.Failure{
		{ClientID: "numbers", Kind: idp.FailRedirect, Seen: "https://grafana.example.com/login/generic_oauth"},
		{ClientID: "numbers", Kind: idp.FailUnknownClient, Seen: "numbers"},
		{ClientID: "numbers", Kind: idp.FailAuthMethod, Seen: "client_secret_basic"},
		{ClientID: "numbers", Kind: idp.FailScope, Seen: "groups"},
		{ClientID: "numbers", Kind: idp.FailGrantType, Seen: "refresh_token"},
		{ClientID: "numbers", Kind: idp.FailPostLogout, Seen: "https://grafana.example.com/login"},
	} {
		e := Of(cfg, &f)
		if !e.Fixed || !strings.Contains(e.Text(), "accepts this by now") {
			t.Errorf("%s:\n%s", f.Kind, e.Text())
		}
	}
	if e := Of(cfg, &idp.Failure{ClientID: "gone", Kind: idp.FailRedirect, Seen: "https://a.example.com/"}); e.Setting != "" || e.Where != "" || e.Fixed {
		t.Errorf("%s", e.Text())
	}
	if e := Of(cfg, &idp.Failure{ClientID: "numbers", Kind: "of_tomorrow", Seen: "x"}); e.What == "" || e.Change == "" {
		t.Errorf("%s", e.Text())
	}
}
