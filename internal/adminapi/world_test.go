package adminapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// The applications of these tests. All of them may ask for the scope admin; strange
// is none that admin.clients names.
var (
	ops     = apptest.Confidential("ops")
	robot   = apptest.Client{ID: "robot", Secret: apptest.Confidential("robot").Secret}
	strange = apptest.Confidential("strange")
)

const clientsYAML = `
  - {id: ops, name: Ops, scopes: [openid, offline_access, admin], secrets: ["env:OPS_SECRET"], redirect_uris: ["https://ops.example.com/callback"]}
  - {id: robot, name: Robot, grant_types: [client_credentials], scopes: [admin, other], secrets: ["env:ROBOT_SECRET"]}
  - {id: strange, name: Strange, scopes: [openid, admin], secrets: ["env:STRANGE_SECRET"], redirect_uris: ["https://strange.example.com/callback"]}
`

const adminYAML = `
admin: {listen: 127.0.0.1:9090, group: admins, clients: [ops, robot]}
signup: {mode: invite}
`

// root belongs to the administrators.
const root = "root@example.com"

// newProvider starts a provider that has an API, with people who may sign in.
func newProvider(t *testing.T, opts ...apptest.Option) *apptest.Provider {
	t.Helper()
	all := append([]apptest.Option{apptest.Clients(clientsYAML), apptest.Settings(adminYAML), apptest.Configure(func(c *config.Config) {
		c.Groups["admins"] = config.Members{Emails: []string{root}}
		c.Signup.Mode = "open"
	})}, opts...)
	return apptest.New(t, testdb.URL(t, "sqlite"), all...)
}

// answer is what the API said.
type answer struct {
	*http.Response
	body string
}

func (a answer) String() string { return a.Status + " " + a.body }

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	return out
}

// ask calls the API. Each of headers is a name and a value.
func ask(t *testing.T, p *apptest.Provider, method, path, token, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:9090"
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.App.Admin.Handler().ServeHTTP(w, r)
	resp := w.Result()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(text)}
}

// person signs somebody in and returns their access token.
func person(p *apptest.Provider, c apptest.Client, email, scope string) string {
	b := p.Browser()
	request := apptest.NewRequest(c).With("scope", scope)
	return p.Redeem(request, b.SignIn(request, email).Code()).Access()
}

// machine is the token of a client for itself.
func machine(p *apptest.Provider, c apptest.Client, scope string) string {
	return p.Post("/oauth/token", c, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}).Access()
}

// user signs somebody in at an ordinary application and returns their id.
func user(t *testing.T, p *apptest.Provider, email string) string {
	t.Helper()
	p.Browser().Tokens(apptest.Offline(apptest.Web), email)
	a, err := p.App.Store.Account(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// operations are method and path of every line of the description.
func operations(t *testing.T, p *apptest.Provider) (all []operation) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal([]byte(ask(t, p, "GET", "/api/openapi.json", "", "").body), &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			all = append(all, operation{op.OperationID, strings.ToUpper(method), path})
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d operations", len(all))
	}
	return all
}

type operation struct{ id, method, path string }

func (o operation) String() string { return fmt.Sprintf("%s %s", o.method, o.path) }

// at fills the variables of the path in.
func (o operation) at(value string) string {
	return strings.NewReplacer("{user}", value, "{session}", value, "{grant}", value, "{client}", value).Replace(o.path)
}
