package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

func withAdmin() apptest.Option {
	return apptest.Configure(func(c *config.Config) {
		c.Admin.Listen, c.Admin.Hosts = "127.0.0.1:9090", []string{"idp-admin.example.com"}
	})
}

// ask sends a request to the administrator's server.
func ask(p *apptest.Provider, path, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	p.App.Admin.Handler().ServeHTTP(w, r)
	return w
}

func TestMetricsOfASignIn(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "postgres"), withAdmin())
	b, request := p.Browser(), apptest.Offline(apptest.Web)
	reply := p.Redeem(request, b.SignIn(request, "ada@example.com").Code())
	if again := p.Refresh(apptest.Web, reply.Refresh(), ""); again.Status != http.StatusOK {
		t.Fatal(again)
	}
	b.Authorize(request)
	for i := range 300 { // strangers
		r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/authorize?client_id=x%d", i), nil)
		r.Host = strings.TrimPrefix(p.URL, "http://")
		if i%3 == 0 {
			r.Host = fmt.Sprintf("host%d.test", i)
		}
		if i%3 == 1 {
			r.URL.Path = fmt.Sprintf("/made/up/%d", i)
		}
		p.App.Server.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	w := ask(p, "/metrics", "127.0.0.1:9090")
	out := w.Body.String()
	for _, want := range []string{
		`idp_logins_total{method="code",outcome="ok",client="web"} 1`, `idp_logins_total{method="session",outcome="ok",client="web"} 1`,
		`idp_tokens_total{event="code"} 1`, `idp_tokens_total{event="refresh"} 1`, `idp_mail_try_seconds_count{provider="smtp",outcome="accepted"} 1`,
		`idp_mail_wait_seconds_bucket{le="30"} 1`, "idp_mail_wait_seconds_count 1", `idp_mail_provider_resting{provider="smtp"} 0`, "idp_outbox_letters ", `idp_db_connections_max{pool="durable"} 16`, `idp_key_age_seconds{algorithm="ES256"} `,
		`idp_request_seconds_count{route="/authorize",class="4xx"} 100`, `idp_request_seconds_count{route="(none)",class="4xx"} 200`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	for _, never := range []string{"host3", "made/up", "x299", "ada@", "idp_config_reload"} {
		if strings.Contains(out, never) {
			t.Errorf("%s is told", never)
		}
	}
	if n := strings.Count(out, "\n"); n > 700 {
		t.Errorf("%d lines", n)
	}
}

// The administrator hears which part is not ready; strangers hear whether.
func TestReadinessTellsTheAdministrator(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "postgres"), withAdmin(), apptest.Faulty())
	if w := ask(p, "/readyz", "127.0.0.1:9090"); w.Code != http.StatusOK || w.Body.String() != "ok\ndatabase: ok\nschema: ok\nkeys: ok\nmail: ok\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	// Keys that somebody with another root secret made: this process goes on with its own.
	testdb.Exec(t, p.Database, `UPDATE signing_keys SET id = 'x' || id`)
	if err := p.App.Keys.Rotate(t.Context()); err == nil {
		t.Error("foreign keys are loaded")
	}
	if w := ask(p, "/readyz", "127.0.0.1:9090"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "keys: degraded, a stored signing key cannot be opened") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(p, "/metrics", "127.0.0.1:9090"); !strings.Contains(w.Body.String(), "\nidp_ready 1\n") {
		t.Errorf("no alert may fire: %s", w.Body)
	}
	testdb.Exec(t, p.Database, `DELETE FROM goose_db_version WHERE version_id > 3`)
	// A balancer sends such a process nothing more, so that no request of it fails: this
	// alone tells whoever watches.
	if w := ask(p, "/metrics", "127.0.0.1:9090"); !strings.Contains(w.Body.String(), "\nidp_ready 0\n") {
		t.Errorf("no alert can fire: %s", w.Body)
	}
	if w := ask(p, "/readyz", "idp-admin.example.com"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "schema: down, schema is at version 3") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if r := p.Get("/readyz", ""); r.Status != http.StatusServiceUnavailable || strings.Contains(r.String(), "schema") {
		t.Errorf("strangers hear: %s", r)
	}
	if w := ask(p, "/healthz", "127.0.0.1:9090"); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(p, "/readyz", "rebound.test"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "schema") {
		t.Errorf("another name hears: %d %s", w.Code, w.Body)
	}
	// A page that calls itself 127.0.0.1 in the DNS keeps its own name.
	if w := ask(p, "/metrics", "rebound.test"); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", w.Code)
	}
}
