package walk_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/testdb"
	"idp/internal/walk"
)

// place is a running provider and the configuration that it runs with.
type place struct {
	*apptest.Provider
	cfg *config.Config
	app *apptest.Application
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{app: apptest.NewApplication(t, "hears")}
	p.Provider = apptest.New(t, testdb.URL(t, "sqlite"), apptest.Configure(func(c *config.Config) { p.cfg = c }), apptest.Clients(p.app.Registration()+`  - id: pushing
    name: Pushing
    require_par: true
    secrets: ["env:PUSHING_SECRET"]
    redirect_uris: ["https://pushing.example.com/callback"]
  - {id: board, name: Board, type: public, redirect_uris: ["https://board.example.com/a", "https://board.example.com/b"]}
  - {id: desk, name: Desk, type: native, redirect_uris: ["http://127.0.0.1/callback", "com.example.desk:/callback"]}
`))
	return p
}

// walk walks as a client of a configuration with some lines changed.
func (p *place) walk(t *testing.T, cfg *config.Config, c apptest.Client, private string) *walk.Report {
	t.Helper()
	o := walk.Options{HTTP: walk.NewHTTP(http.DefaultTransport), Outbound: outbound.New(outbound.Options{Timeout: 5 * time.Second, MaxBody: 1 << 16})}
	if private != "" {
		o.Outbound = outbound.New(outbound.Options{Networks: []netip.Prefix{netip.MustParsePrefix(private)}, Timeout: 5 * time.Second, MaxBody: 1 << 16})
	}
	if c.Secret != "" {
		o.Secret = secret.TokenOf(c.Secret)
	}
	r, err := walk.Run(t.Context(), cfg, c.ID, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// last is the step that the walk ended with.
func last(r *walk.Report) walk.Step { return r.Steps[len(r.Steps)-1] }

func text(t *testing.T, r *walk.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Text(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// An application without a server is told the origin that it needs, a program on a
// device is not.
func TestOriginThatIsMissing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for id, want := range map[string]string{"board": "needs its origin there, cors_origins: [https://board.example.com]", "desk": "the client has no cors_origins\n"} {
		if said := text(t, p.walk(t, p.cfg, apptest.Client{ID: id}, "")); !strings.Contains(said, want) {
			t.Errorf("%s: no %q in\n%s", id, want, said)
		}
	}
}

// Every kind of client gets to the end where server and file agree.
func TestWalksToTheEnd(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, c := range []apptest.Client{
		apptest.Web, apptest.Basic, apptest.Post, apptest.Spa, apptest.Native, apptest.Loose, apptest.ES256, apptest.EdDSA, apptest.Brief,
		apptest.Confidential("machine"), apptest.Confidential("pushing"), p.app.Client, {ID: "tv"},
	} {
		r := p.walk(t, p.cfg, c, "127.0.0.0/8")
		if !r.OK() || len(r.Steps) < 7 {
			t.Errorf("%s:\n%s", c.ID, text(t, r))
		}
		if said := text(t, r); c.Secret != "" && strings.Contains(said, c.Secret) {
			t.Errorf("%s: the secret is shown:\n%s", c.ID, said)
		}
	}
	r := p.walk(t, p.cfg, p.app.Client, "127.0.0.0/8")
	for _, want := range []string{
		"ok       sign-in page           reached for " + p.app.Redirect, "ok       PKCE                   required", "ok       client authentication  client_secret_basic and client_secret_post: proven",
		"ok       sign-out               back to " + p.app.URL + "/bye", "ok       back-channel logout    " + p.app.URL + "/backchannel answers 200", "3 requests refused on purpose",
	} {
		if !strings.Contains(text(t, r), want) {
			t.Errorf("no %q in\n%s", want, text(t, r))
		}
	}
}

func TestStopsShortWithoutTheSecret(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := p.walk(t, p.cfg, apptest.Client{ID: "web"}, "")
	if !r.OK() || !strings.Contains(text(t, r), "skipped  client authentication  the secret was not given: --secret-file FILE") {
		t.Errorf("%s", text(t, r))
	}
	r = p.walk(t, p.cfg, apptest.Client{ID: "pushing"}, "")
	if !r.OK() || !strings.Contains(text(t, r), "skipped  sign-in page           the client must push its requests, which needs its secret") {
		t.Errorf("%s", text(t, r))
	}
	if _, err := walk.Run(t.Context(), p.cfg, "nobody", walk.Options{}); !errors.Is(err, idp.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// The first thing that differs between the file and the running server is named,
// with its line.
func TestFirstMismatchIsNamed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for name, c := range map[string]struct {
		client, from, to string
		step, what, key  string
		secret           string
	}{
		"another redirect URI":    {"web", "tenant?id=1", "tenant?id=2", "sign-in page", "not this redirect URI", "clients[0].redirect_uris", ""},
		"a client too many":       {"newer", "id: web", "id: newer", "sign-in page", "knows no such client", "clients[0].redirect_uris", ""},
		"pkce: optional":          {"web", "pkce: required", "pkce: optional", "PKCE", "a request without PKCE is refused", "clients[0].pkce", ""},
		"an algorithm":            {"web", "id_token_alg: RS256", "id_token_alg: PS256", "", "", "", apptest.Web.Secret},
		"another secret":          {"web", "pkce: required", "pkce: required", "client authentication", "is not the one whose hash the file has", "clients[0].secrets", "some other secret, of good length"},
		"the server's is another": {"web", `secrets: ["env:WEB"]`, `secrets: ["env:NEW"]`, "client authentication", "401 invalid_client", "clients[0].auth_method", newSecret},
		"an origin":               {"web", "cors_origins: []", "cors_origins: [https://new.example.com]", "pages of other origins", "https://new.example.com may not call", "clients[0].cors_origins", apptest.Web.Secret},
		"a way back":              {"web", "/signed-out", "/signed-off", "sign-out", "/signed-off (400)", "clients[0].post_logout_redirect_uris", apptest.Web.Secret},
		"a private address":       {"web", "# logout", "backchannel_logout_uri: http://127.0.0.1:1/x", "back-channel logout", "may not go there", "http.allow_private_targets", apptest.Web.Secret},
		"nobody listens":          {"web", "# logout", "backchannel_logout_uri: " + p.app.URL + "/nowhere", "back-channel logout", "answers 404: nobody listens", "clients[0].backchannel_logout_uri", apptest.Web.Secret},
		"a method that is pinned": {"basic", "id: web", "id: basic\n    auth_method: client_secret_post", "sign-in page", "", "clients[0].redirect_uris", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(fmt.Sprintf(otherFile, p.URL), c.from, c.to, 1)
			cfg, err := config.Parse("other.yaml", []byte(file), func(n string) string {
				return map[string]string{"ROOT": apptest.RootSecret, "DATABASE": p.Database, "WEB": apptest.Web.Secret, "NEW": newSecret}[n]
			})
			if err != nil {
				t.Fatal(err)
			}
			private := "127.0.0.0/8"
			if name == "a private address" {
				private = ""
			}
			r := p.walk(t, cfg, apptest.Client{ID: c.client, Secret: c.secret}, private)
			if c.step == "" {
				if !r.OK() {
					t.Errorf("%s", text(t, r))
				}
				return
			}
			if got := last(r); r.OK() || got.Name != c.step || !strings.Contains(got.Detail, c.what) || got.Setting != c.key || !strings.HasPrefix(got.Where, "other.yaml:") || got.Change == "" {
				t.Errorf("%s", text(t, r))
			}
		})
	}
}

const newSecret = "a secret that the server does not know yet"

const otherFile = `
issuer: %s
secret: env:ROOT
database: {url: env:DATABASE}
http: {allow_private_targets: [127.0.0.1]}
mail: {from: login@example.com, smtp: {host: smtp.example.com}}
clients:
  - id: web
    name: Web
    secrets: ["env:WEB"]
    pkce: required
    id_token_alg: RS256
    redirect_uris: ["https://web.example.com/callback", "https://web.example.com/tenant?id=1"]
    post_logout_redirect_uris: ["https://web.example.com/signed-out"]
    cors_origins: []
    # logout
`

// A server that is not there, or is another, is the first thing to say.
func TestTheServerItself(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	other := *p.cfg
	other.Issuer = p.app.URL
	if got := last(p.walk(t, &other, apptest.Web, "")); got.Name != "discovery" || got.State != walk.Failed || !strings.Contains(got.Detail, "answers 404") {
		t.Errorf("%+v", got)
	}
	own := httptest.NewUnstartedServer(http.NotFoundHandler())
	own.Config.ErrorLog = log.New(io.Discard, "", 0)
	own.StartTLS()
	t.Cleanup(own.Close)
	other.Issuer = own.URL
	if got := last(p.walk(t, &other, apptest.Web, "")); got.Name != "discovery" || got.State != walk.Failed || got.Setting != "http.trusted_cas" || !strings.Contains(got.Change, "if it is your own") {
		t.Errorf("%+v", got)
	}
	other.Issuer = "http://127.0.0.1:1"
	if got := last(p.walk(t, &other, apptest.Web, "")); got.Name != "discovery" || got.State != walk.Failed || !strings.Contains(got.Detail, "cannot be reached") {
		t.Errorf("%+v", got)
	}
}

// A secret goes to the issuer and to nobody else, whatever discovery says.
func TestSecretsStayWithTheIssuer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was asked at another server", r.Method, r.URL.Path)
	}))
	t.Cleanup(elsewhere.Close)
	var issuer string
	crooked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			fmt.Fprint(w, `{"keys":[{"kid":"a","alg":"RS256"},{"kid":"b","alg":"ES256"}]}`)
			return
		}
		fmt.Fprintf(w, `{"issuer":"%[1]s","authorization_endpoint":"%[1]s/authorize","token_endpoint":"%[1]s/token","jwks_uri":"%[1]s/keys",
			"id_token_signing_alg_values_supported":["RS256","ES256"],"pushed_authorization_request_endpoint":"%[2]s/par"}`, issuer, elsewhere.URL)
	}))
	t.Cleanup(crooked.Close)
	issuer = crooked.URL
	other := *p.cfg
	other.Issuer = issuer
	if got := last(p.walk(t, &other, apptest.Confidential("pushing"), "")); got.Name != "discovery" || got.State != walk.Failed {
		t.Errorf("%+v", got)
	}
}
