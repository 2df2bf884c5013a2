package adminapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"idp/internal/adminapi"
	"idp/internal/idp"
)

var update = flag.Bool("update", false, "write generated documents anew")

// The document is the one that is made from the table. To write it anew:
// go test ./internal/adminapi -run TestDocument -update
func TestDocument(t *testing.T) {
	t.Parallel()
	const file = "../../docs/openapi.json"
	made, err := adminapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	made = append(made, '\n')
	if *update {
		if err := os.WriteFile(file, made, 0o644); err != nil { //nolint:gosec // a document for everybody
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(kept, made) {
		t.Errorf("%s is not what the table says: %v", file, err)
	}
}

// described is the description, as a program reads it.
type described struct {
	t       *testing.T
	paths   map[string]map[string]map[string]any
	schemas *jsonschema.Compiler
}

func describe(t *testing.T) *described {
	t.Helper()
	text, err := adminapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d := &described{t: t, schemas: jsonschema.NewCompiler()}
	d.schemas.DefaultDraft(jsonschema.Draft2020)
	d.schemas.AssertFormat()
	if err := d.schemas.AddResource("https://idp.test/openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]map[string]any
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	d.paths = doc.Paths
	return d
}

// check holds an answer against what the description says of it.
func (d *described) check(op operation, a answer) {
	d.t.Helper()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace
	at := "/paths/" + escape(op.path) + "/" + strings.ToLower(op.method) + "/responses/" + strconv.Itoa(a.StatusCode) + "/content/application~1json/schema"
	if a.StatusCode >= 400 {
		at = "/components/responses/Problem/content/application~1problem+json/schema"
		if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
			d.t.Errorf("%s: %s", op, got)
		}
	} else if a.StatusCode == 204 {
		if _, ok := d.paths[op.path][strings.ToLower(op.method)]["responses"].(map[string]any)["204"]; !ok || a.body != "" {
			d.t.Errorf("%s: an empty answer is not described: %s", op, a)
		}
		return
	}
	schema, err := d.schemas.Compile("https://idp.test/openapi.json#" + at)
	if err != nil {
		d.t.Fatalf("%s: %d is not described: %v", op, a.StatusCode, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
	if err != nil {
		d.t.Fatalf("%s: %v", a, err)
	}
	if err := schema.Validate(value); err != nil {
		d.t.Errorf("%s: %v\n%s", op, err, a)
	}
}

// Every answer, good or bad, is as the description says.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	p, d := newProvider(t), describe(t)
	all := map[string]operation{}
	for _, op := range operations(t, p) {
		all[op.id] = op
	}
	ada := user(t, p, "ada@example.com")
	user(t, p, "bob@example.com")
	if err := p.App.Store.RegisterClient(t.Context(), idp.Client{ID: "dyn_x", Name: "X"}, "x", 1, p.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	boss := person(p, ops, root, "openid admin")
	sessions, err := p.App.Store.Sessions(t.Context(), ada, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	user(t, p, "ada@example.com")
	grants, err := p.App.Store.UserGrants(t.Context(), ada, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	worked := map[string]bool{}
	for _, c := range []struct {
		id, name, query, body string
		status                int
	}{
		{"listUsers", "", "?limit=2&search=EXAMPLE", "", 200},
		{"listUsers", "", "?limit=0", "", 400},
		{"listUsers", "", "?disabled=perhaps", "", 400},
		{"showUser", "ada@example.com", "", "", 200},
		{"showUser", "ada%40example.com", "", "", 200},
		{"showUser", "usr_nobody", "", "", 404},
		{"showUser", "@", "", "", 400},
		{"changeGroups", ada, "", `{"add":["staff","b"],"remove":["b"]}`, 200},
		{"changeGroups", ada, "", `{"add":["not a group"]}`, 400},
		{"changeGroups", ada, "", `{"ad":[]}`, 400},
		{"changeGroups", ada, "", `{} {}`, 400},
		{"setGroups", ada, "", `{"groups":["staff"]}`, 200},
		{"setGroups", ada, "", `{}`, 400},
		{"listSessions", ada, "", "", 200},
		{"endSession", sessions[0].ID, "", "", 204},
		{"endSession", sessions[0].ID, "", "", 404},
		{"listGrants", ada, "", "", 200},
		{"revokeGrant", grants[0].ID, "", "", 204},
		{"revokeGrant", grants[0].ID, "", "", 404},
		{"endSessions", ada, "", "", 200},
		{"disableUser", ada, "", "", 200},
		{"disableUser", ada, "", "", 200},
		{"enableUser", ada, "", "", 200},
		{"exportUser", ada, "", "", 200},
		{"deleteUser", ada, "", "", 204},
		{"deleteUser", ada, "", "", 404},
		{"listClients", "", "", "", 200},
		{"showClient", "ops", "", "", 200},
		{"showClient", "none", "", "", 404},
		{"removeClient", "ops", "", "", 409},
		{"removeClient", "dyn_gone", "", "", 404},
		{"removeClient", "dyn_x", "", "", 204},
		{"listKeys", "", "", "", 200},
		{"rotateKeys", "", "", `{"algorithm":"ES256"}`, 200},
		{"rotateKeys", "", "", `{"algorithm":"none"}`, 400},
		{"rotateKeys", "", "", "", 415},
		{"invite", "", "", `{"email":"new@example.com","client":"web","ttl":"2d","locale":"de"}`, 201},
		{"invite", "", "", `{"email":"new@example.com","ttl":"1y"}`, 400},
		{"invite", "", "", `{"email":"new@example.com","ttl":"31d"}`, 400},
		{"invite", "", "", `{"email":"new@example.com","ttl":"0s"}`, 400},
		{"invite", "", "", `{"email":"bob@example.com"}`, 409},
		{"invite", "", "", `{"email":"new@example.com","client":"none"}`, 422},
		{"invite", "", "", `{"email":"nobody"}`, 400},
		{"showLimits", "", "?address=bob@example.com&network=192.0.2.7", "", 200},
		{"showLimits", "", "?network=x", "", 400},
		{"showMail", "", "", "", 200},
		{"searchAudit", "", "?user=bob@example.com&since=2020-01-01T00:00:00Z&limit=1", "", 200},
		{"searchAudit", "", "?since=yesterday", "", 400},
		{"searchAudit", "", "?before=a&after=b", "", 400},
		{"verifyAudit", "", "", "", 200},
		{"showConfiguration", "", "", "", 200},
		{"listFailures", "", "?client=web", "", 200},
		{"listFailures", "", "?limit=x", "", 400},
		{"showHealth", "", "", "", 200},
	} {
		op, known := all[c.id]
		if !known {
			t.Fatalf("there is no %s", c.id)
		}
		a := ask(t, p, op.method, op.at(c.name)+c.query, boss, c.body)
		if a.StatusCode != c.status {
			t.Errorf("%s %s %s%s, want %d: %s", c.id, c.name, c.query, c.body, c.status, a)
			continue
		}
		d.check(op, a)
		worked[c.id] = worked[c.id] || c.status < 400
	}
	for id := range all {
		if !worked[id] {
			t.Errorf("nobody tried %s", id)
		}
	}
	for _, c := range []string{"POST /api/v1/health", "GET /api/v1/none", "DELETE /api/v1/users"} {
		method, path, _ := strings.Cut(c, " ")
		a := ask(t, p, method, path, boss, "")
		d.check(operation{path: path}, a)
		if a.StatusCode != 404 && a.StatusCode != 405 {
			t.Errorf("%s: %s", c, a)
		}
	}
}
