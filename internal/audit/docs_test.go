package audit_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"idp/internal/audit"
)

var update = flag.Bool("update", false, "write the table of docs/audit.md anew")

// The documentation names every event, and no other.
func TestEventsAreDocumented(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/audit.md", "<!-- events -->\n", "<!-- /events -->"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(content), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("docs/audit.md has no place for the table")
	}
	var table strings.Builder
	table.WriteString("| event | what happened |\n|---|---|\n")
	for _, k := range audit.Kinds() {
		fmt.Fprintf(&table, "| `%s` | %s |\n", k.Name, k.Meaning)
	}
	want := head + begin + table.String() + end + tail
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	} else if string(content) != want {
		t.Error("the table is out of date: go test ./internal/audit -run Documented -update")
	}
}

// A name without an explanation is found by nobody.
func TestEveryNameIsExplained(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := audit.Kinds()
	if n := strings.Count(string(source), " Name = \""); n != len(kinds) {
		t.Errorf("%d names, %d explained", n, len(kinds))
	}
	seen := map[audit.Name]bool{}
	for _, k := range kinds {
		if seen[k.Name] || !strings.HasSuffix(k.Meaning, ".") {
			t.Errorf("%s is there twice or has no sentence", k.Name)
		}
		seen[k.Name] = true
	}
}
