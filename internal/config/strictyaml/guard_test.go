package strictyaml

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// nested is a document of that many levels in each of the ways to nest.
func nested(levels int) map[string]string {
	var block, mixed strings.Builder
	for i := range levels {
		fmt.Fprintf(&block, "%sa:\n", strings.Repeat(" ", i))
		if i%2 == 0 {
			fmt.Fprintf(&mixed, "%sa:\n", strings.Repeat(" ", i/2))
		} else {
			fmt.Fprintf(&mixed, "%s-\n", strings.Repeat(" ", i/2))
		}
	}
	return map[string]string{
		"brackets":        strings.Repeat("[", levels) + strings.Repeat("]", levels),
		"braces":          strings.Repeat("{a: ", levels) + "x" + strings.Repeat("}", levels),
		"dashes":          strings.Repeat("- ", levels) + "x\n",
		"block keys":      block.String() + strings.Repeat(" ", levels) + "x\n",
		"keys and dashes": mixed.String() + strings.Repeat(" ", levels) + "x\n",
	}
}

func TestDepthLimit(t *testing.T) {
	t.Parallel()
	const fault = "is nested deeper than 32 levels"
	for _, levels := range []int{1, 31, 32, 33, 34, 300} {
		for name, document := range nested(levels) {
			_, _, faults := read(t, document)
			if got := strings.Contains(faults.Error(), fault); got != (levels > 32) {
				t.Errorf("%d %s: %v", levels, name, faults)
			}
		}
	}
}

// Siblings are not depth, however they are indented.
func TestDepthOfSiblings(t *testing.T) {
	t.Parallel()
	document := "matrix:\n" + strings.Repeat("- - 1\n  - 2\n-\n    - 3\n", 100) +
		"clients:\n" + strings.Repeat("  - client_id: x\n    redirect_uris:\n    - y\n    - \"z: {\"\n    pkce: true\n", 100) +
		"listen: {address: x,\n port: 1}\nlog_level: '[[[['\n"
	if _, _, faults := read(t, document); faults != nil {
		t.Error(faults)
	}
}

// allocated is how many bytes this process has asked for since its start.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Each of these took the library seconds, gigabytes or the whole stack. What is
// counted is memory, which is the same on any machine. It is that of the process,
// so no other test runs beside this one.
func TestCostlyDocuments(t *testing.T) {
	const most = 256 << 20
	var keys, anchors strings.Builder
	for i := range 5001 {
		fmt.Fprintf(&keys, "k%d: x\n", i)
	}
	anchors.WriteString("a0: &a0 x\n")
	for i := range 30 {
		fmt.Fprintf(&anchors, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i)
	}
	long := strings.Repeat("k", 1000)
	for name, c := range map[string]struct{ document, want string }{
		"too large":       {strings.Repeat("#", 1<<20+1), "idp.yaml:1:1: file is larger than 1 MiB"},
		"too many parts":  {"matrix: [" + strings.Repeat("1,", 200_000) + "1]", "idp.yaml:1:250007: document has more than 250000 parts"},
		"too many keys":   {keys.String(), "idp.yaml:5001:1: mapping has more than 5000 keys"},
		"too long paths":  {long + ": [" + strings.Repeat("1,", 50_000) + "1]", "has too many values below too long keys"},
		"many brackets":   {strings.Repeat("[", 200_000), "idp.yaml:1:33: is nested deeper than 32 levels"},
		"many dashes":     {strings.Repeat("- ", 200_000), "idp.yaml:1:65: is nested deeper than 32 levels"},
		"many documents":  {strings.Repeat("---\n", 200_000), "idp.yaml:2:1: second document in the file; keep one"},
		"many tabs":       {"issuer: \"" + strings.Repeat("\t", 1<<19) + "\"", "idp.yaml:1:1010: line has more than 1000 tabs"},
		"bomb of anchors": {anchors.String(), "idp.yaml:1:1: a0: unknown key"},
	} {
		before := allocated()
		_, _, faults := read(t, c.document)
		if got := faults.Error(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.200s", name, got)
		}
		if took := allocated() - before; took > most {
			t.Errorf("%s took %d MiB", name, took>>20)
		}
	}
}

// A real file of nearly 1 MiB is within all limits.
func TestLargeDocument(t *testing.T) {
	t.Parallel()
	const one = "- client_id: shop\n  redirect_uris: [https://shop.example.com/callback]\n  pkce: true\n"
	count := (maxSize - 9) / len(one)
	got, _, faults := read(t, "clients:\n"+strings.Repeat(one, count))
	if faults != nil || len(got.Clients) != count {
		t.Errorf("%d clients of %d, %v", len(got.Clients), count, faults)
	}
}
