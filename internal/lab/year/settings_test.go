package year_test

import (
	"fmt"
	"os"
	"strings"

	"idp/internal/apptest"
	"idp/internal/secret"
)

// settings are what changes in the configuration in the course of the year.
type settings struct {
	secret, previous string // names of root secrets
	name             string // of the application web
	garden           bool   // the application that is there from spring to autumn
	bad              bool   // the file has a fault
}

// The applications. Their lifetimes are what the models of this package expect.
var (
	web    = apptest.Web // keeps refresh tokens for months
	spa    = apptest.Spa // public
	garden = apptest.Confidential("garden")
)

// roots are the root secrets; the data of the older schema was made under OLD.
var roots = map[string]string{"OLD": apptest.RootSecret, "NEW": strings.Repeat("the next one: ", 3)}

func (s settings) keyring() (*secret.Keyring, error) {
	var previous []secret.Token
	if s.previous != "" {
		previous = append(previous, secret.TokenOf(roots[s.previous]))
	}
	return secret.NewKeyring(secret.TokenOf(roots[s.secret]), previous...)
}

func (w *world) getenv(name string) string {
	switch name {
	case "DATABASE_URL":
		return w.Database
	case "WEB_SECRET":
		return web.Secret
	case "GARDEN_SECRET":
		return garden.Secret
	}
	return roots[name]
}

// write writes the configuration, as a careful editor does.
func (w *world) write() {
	w.t.Helper()
	s := w.settings
	text := fmt.Sprintf(`issuer: %s
secret: env:%s
database: {url: env:DATABASE_URL}
audit: {retention: 200d}
session: {ttl: 30d, absolute_ttl: 90d}
keys: {rotate_every: 90d, publish_ahead: 7d, keep_retired: 2d}
mail:
  from: %s
  smtp: {host: 127.0.0.1, port: %d, security: none}
  providers: [{name: second, smtp: {host: 127.0.0.1, port: %d, security: none}}]
limits: {posts_per_browser: 1000000/1m, send_per_instance: [1000000/1h], send_unknown: 1000000/1h, send_per_new_domain: 1000000/1h, send_per_ip: [1000000/1h], codes_per_ip: 1000000/1m}
clients:
  - id: web
    name: %s
    secrets: ["env:WEB_SECRET"]
    redirect_uris: [%s]
    id_token_ttl: 24h
    refresh_idle_ttl: 14d
    refresh_absolute_ttl: 100d
  - {id: spa, name: Spa, type: public, redirect_uris: [%s], id_token_alg: ES256}
`, w.front.URL, s.secret, apptest.From, w.mails[0].port, w.mails[1].port, s.name, web.Redirect, spa.Redirect)
	if s.previous != "" {
		text += "previous_secret: env:" + s.previous + "\n"
	}
	if s.garden {
		i := strings.Index(text, "  - {id: spa")
		text = text[:i] + "  - {id: garden, name: Garden, secrets: [\"env:GARDEN_SECRET\"], redirect_uris: [" + garden.Redirect + "], id_token_alg: EdDSA}\n" + text[i:]
	}
	if s.bad {
		text += "clinets: []\n"
	}
	if err := os.WriteFile(w.file+".new", []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(w.file+".new", w.file); err != nil {
		w.t.Fatal(err)
	}
}

// change writes other settings, which the replicas take without a restart.
func (w *world) change(how func(*settings)) {
	w.t.Helper()
	how(&w.settings)
	w.write()
	w.reload(true)
}
