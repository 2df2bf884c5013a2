package snippet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/presets"
	"idp/internal/snippet"
)

const raw = "a-secret-that-nobody-may-ever-print-7Qx2"

const text = `
issuer: https://login.example.com
secret: env:ROOT
database: {url: env:DATABASE}
mail: {from: login@example.com, smtp: {host: smtp.example.com}}
clients:
  - {id: numbers, preset: grafana, url: https://grafana.example.com, secrets: ["env:CLIENT"]}
  - {id: kube, preset: kubernetes}
  - {id: code, preset: gitea, url: https://git.example.com/, secrets: ["env:CLIENT"]}
  - {id: rss, preset: freshrss, url: https://rss.example.com, secrets: ["env:CLIENT"]}
  - {id: moved, preset: grafana, url: https://grafana.example.com, redirect_uris: [https://elsewhere.example.com/x], secrets: ["env:CLIENT"]}
  - {id: notes, name: Notes, redirect_uris: [https://notes.example.com/a, https://notes.example.com/b], secrets: ["env:CLIENT"]}
  - {id: hash, name: Hash, redirect_uris: [https://hash.example.com/], secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]}
  - {id: spa, name: Board, type: public, redirect_uris: [https://board.example.com/], scopes: [openid]}
`

func configuration(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Parse("idp.yaml", []byte(text), func(name string) string {
		return map[string]string{"ROOT": strings.Repeat("r", 44), "DATABASE": "sqlite:x.db", "CLIENT": raw}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestSnippets(t *testing.T) {
	t.Parallel()
	cfg := configuration(t)
	for id, wants := range map[string][]string{
		"numbers": {"For grafana.ini", "    [auth.generic_oauth]\n", "client_id = numbers\n", "auth_url = https://login.example.com/authorize\n",
			"token_url = https://login.example.com/oauth/token\n", "client_secret = " + presets.SecretPlaceholder, "belongs the secret env:CLIENT.", "More: https://grafana.com/"},
		"kube":  {"--oidc-issuer-url=https://login.example.com\n", "--exec-arg=--oidc-client-id=kube"},
		"code":  {"--auto-discover-url https://login.example.com/.well-known/openid-configuration", "must be named idp"},
		"rss":   {"OIDC_PROVIDER_METADATA_URL=https://login.example.com/.well-known/openid-configuration"},
		"moved": {"has redirect_uris of its own, and https://grafana.example.com/login/generic_oauth is not among them"},
		"notes": {"Issuer:                   https://login.example.com\n", "Redirect URI:             https://notes.example.com/a\n                              https://notes.example.com/b\n",
			"client_secret_basic or client_secret_post", "required, with S256", presets.SecretPlaceholder},
		"hash": {"belongs the secret that idp client secret printed; here is only its hash."},
		"spa":  {"none: this client has no secret", "Client authentication:    none"},
	} {
		s, err := snippet.For(cfg, id)
		if err != nil {
			t.Error(err)
			continue
		}
		var out bytes.Buffer
		if err := s.Write(&out); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", id, want, &out)
			}
		}
		if strings.Contains(out.String(), raw) || strings.Contains(out.String(), "sha256:") {
			t.Errorf("%s: the snippet shows the secret or its hash:\n%s", id, &out)
		}
	}
	if _, err := snippet.For(cfg, "nobody"); !errors.Is(err, idp.ErrNotFound) {
		t.Errorf("a client that is not declared: %v", err)
	}
}
