package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const referencePage = "../../docs/configuration-reference.md"

// referenceNode is what the reference takes from the schema.
type referenceNode struct {
	Type        string                    `json:"type"`
	Description string                    `json:"description"`
	Pattern     string                    `json:"pattern"`
	Enum        []any                     `json:"enum"`
	Default     any                       `json:"default"`
	Minimum     *float64                  `json:"minimum"`
	Maximum     *float64                  `json:"maximum"`
	Properties  map[string]*referenceNode `json:"properties"`
	Items       *referenceNode            `json:"items"`
	Additional  json.RawMessage           `json:"additionalProperties"`
}

// kind says in words what is written there.
func (n *referenceNode) kind() string {
	switch {
	case len(n.Enum) > 0:
		var all []string
		for _, e := range n.Enum {
			all = append(all, fmt.Sprintf("`%v`", e))
		}
		return strings.Join(all, ", ")
	case strings.HasPrefix(n.Pattern, "^(env|file)"):
		return "`env:NAME` or `file:/path`"
	case strings.HasPrefix(n.Pattern, "^(sha256"):
		return "`sha256:…`, `env:NAME` or `file:/path`"
	case strings.HasPrefix(n.Pattern, "^sha256"):
		return "`sha256:…`"
	case strings.HasPrefix(n.Pattern, "^[1-9]"):
		return "rate, such as `10/1h`"
	case n.Pattern != "":
		return "time span, such as `10m`"
	case n.Type == "array":
		return "list of " + n.Items.kind()
	case n.Type == "object" && n.Properties == nil:
		return "keys and values"
	case n.Type == "object":
		return "section"
	case n.Minimum != nil:
		return fmt.Sprintf("number, %g to %g", *n.Minimum, *n.Maximum)
	}
	return map[string]string{"string": "text", "boolean": "`true` or `false`", "integer": "number", "number": "number"}[n.Type]
}

func (n *referenceNode) rows(path string, out *strings.Builder) {
	if path != "" {
		shown := ""
		if list, ok := n.Default.([]any); ok {
			text := fmt.Sprintf("%q", list)
			shown = "`" + strings.ReplaceAll(text, `" "`, `", "`) + "`"
		} else if n.Default != nil {
			shown = fmt.Sprintf("`%v`", n.Default)
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", path, n.kind(), shown, strings.NewReplacer("\n", " ", "|", `\|`).Replace(n.Description))
	}
	inner := n
	if n.Items != nil {
		inner, path = n.Items, path+"[]"
	}
	for _, key := range slices.Sorted(maps.Keys(inner.Properties)) {
		inner.Properties[key].rows(strings.TrimPrefix(path+"."+key, "."), out)
	}
}

// The reference of the configuration is made from its schema, which is made from the
// types, the rules of the validator and the comments of the example.
func TestReferencePage(t *testing.T) {
	t.Parallel()
	var root referenceNode
	if err := json.Unmarshal([]byte(Schema), &root); err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString(`# Every key of the configuration

Made from the program's types, its rules and the comments of [config.example.yaml](../config.example.yaml), which has
everything in one file to copy from. ` + "`idp config schema`" + ` prints the same for editors, ` + "`idp config check --explain`" + ` shows
what is in force and which line said so. ` + "`[]`" + ` stands for each entry of a list. Unknown keys are refused.

`)
	for _, key := range slices.Sorted(maps.Keys(root.Properties)) {
		fmt.Fprintf(&page, "## %s\n\n| key | is | if not given | meaning |\n|---|---|---|---|\n", key)
		root.Properties[key].rows(key, &page)
		page.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(referencePage, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referencePage)
	if err != nil || string(have) != page.String() {
		t.Errorf("%s is not up to date (%v): go test ./internal/config -run ReferencePage -update", referencePage, err)
	}
}
