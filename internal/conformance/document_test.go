package conformance_test

import (
	"os"
	"strings"
	"testing"
)

// docs/conformance.md has a row for every module of every plan.
func TestDocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := strings.Split(string(text), "\n#### ")
	for _, p := range plans {
		table := ""
		for _, section := range tables {
			if strings.HasPrefix(section, p.suite+"\n") {
				table = section
			}
		}
		for _, m := range p.modules {
			if row := "| " + m.name + " | " + m.checks + " | pass |"; !strings.Contains(table, row) {
				t.Errorf("%s lacks the row %s", p.suite, row)
			}
		}
		if have := strings.Count(table, "| pass |"); have != len(p.modules) {
			t.Errorf("%s has %d rows, want %d", p.suite, have, len(p.modules))
		}
	}
}
