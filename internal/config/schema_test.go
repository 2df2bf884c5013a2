package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write config.schema.json anew")

func exampleFile(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The schema is what the types, the rules and the example say now. After a change
// of those: go test ./internal/config -run SchemaIsMade -update
func TestSchemaIsMade(t *testing.T) {
	t.Parallel()
	made := makeSchema(t, exampleFile(t))
	if *update {
		if err := os.WriteFile("config.schema.json", []byte(made), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made != Schema {
		t.Error("config.schema.json is not up to date: go test ./internal/config -run SchemaIsMade -update")
	}
}

// compiled is the schema in the hands of a library that is not ours.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, document string) error {
	var value any
	if err := yaml.Unmarshal([]byte(document), &value); err != nil {
		return err
	}
	return s.Validate(value)
}

// Every good file of this repository is good for the schema.
func TestSchemaTakesWhatWeTake(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	files := []string{"../../config.example.yaml"}
	for _, pattern := range []string{"../../examples/*/client.yaml", "../../examples/*.yaml", "../../deploy/*/idp.yaml", "../apptest/clients.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		if strings.Contains(file, "apptest") { // a part of a list
			text = "clients:\n" + text
		}
		if err := validate(s, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for name, document := range map[string]string{
		"an unknown key":          "isuer: https://login.example.com",
		"a number for a text":     "issuer: 5",
		"a secret itself":         "secret: hunter2",
		"a span":                  "login: {secret_ttl: soon}",
		"a budget":                "limits: {codes_per_ip: many}",
		"a list of budgets":       "limits: {send_per_ip: 5/5m}",
		"a number out of range":   "login: {code_attempts: 6}",
		"a word":                  "log: {level: loud}",
		"a client without a name": "clients: [{id: a}]",
		"a preset":                "clients: [{id: a, preset: grafanna}]",
		"a client's key":          "clients: [{id: a, name: A, pkcee: required}]",
		"a client's word":         "clients: [{id: a, name: A, pkce: maybe}]",
		"a grant type":            "clients: [{id: a, name: A, grant_types: [password]}]",
		"a provider's security":   "mail: {providers: [{name: a, smtp: {host: a, security: ssl}}]}",
		"a port":                  "mail: {smtp: {port: 70000}}",
		"a group":                 "groups: {staff: {people: [a]}}",
		"a hash":                  "clients: [{id: a, name: A, secrets: [\"sha256:short\"]}]",
	} {
		if validate(s, document) == nil {
			t.Errorf("%s: %s is good for the schema", name, document)
		}
	}
}

// People read the explanations in their editors.
func TestSchemaExplains(t *testing.T) {
	t.Parallel()
	words := comments(exampleFile(t))
	for path, want := range map[string]string{
		"issuer": "never from a request", "clients[].pkce": "a web client that cannot do PKCE", "mail.smtp.security": "loopback only",
		"mail.providers[].name": "its bounces", "login.foreign_links": "code_only", "registration.unused_ttl": "goes by itself", "clients[].id": "what people see",
	} {
		if !strings.Contains(words[path], want) {
			t.Errorf("%s is explained by %q", path, words[path])
		}
	}
	if strings.Count(Schema, `"description"`) < 80 {
		t.Errorf("only %d settings are explained", strings.Count(Schema, `"description"`))
	}
}
