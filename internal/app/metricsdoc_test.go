package app_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/testdb"
)

var update = flag.Bool("update", false, "write generated documents anew")

// metricsTable is the table of docs/metrics.md.
func metricsTable(a *app.App) string {
	b := &strings.Builder{}
	b.WriteString("| name | type | labels | what it tells |\n|---|---|---|---|\n")
	for _, f := range a.Metrics() {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Kind, strings.Join(f.Labels, ", "), f.Help)
	}
	return b.String()
}

// The page lists exactly what is exposed. To write it anew:
// go test ./internal/app -run TestMetricsPage -update
func TestMetricsPage(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/metrics.md", "<!-- table -->\n", "<!-- end -->"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", file)
	}
	want := metricsTable(apptest.New(t, testdb.URL(t, "sqlite")).App)
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("%s is not up to date; it should say\n%s", file, want)
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil { //nolint:gosec // a document
		t.Fatal(err)
	}
}
