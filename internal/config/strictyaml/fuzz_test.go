package strictyaml

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDecode looks for panics, positions outside the document, faults of more
// than one line, and trees deeper than the guard allows.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		everyKind, "", "\ufeff", "a: &x [*x]\n<<: *x\n", "? a\n: !!str b\n", "%YAML 1.2\n---\n...\n",
		"clients:\n- {client_id: [1, {a: }]}\n-\n", "issuer: \"\\u00e9\\xZZ\"\n'q': |2-\n    x\n",
		"a: 1\r\n\ta: 2\r\r\n", "labels: {\ta:\tb,\tc\t: d}\n", "listen: 1\nlisten: ~\n", "- - -\n  - a: - b\n",
		// These made earlier versions of the library panic.
		"a:\n- b: c\n- \n", "b: 0_\n", "key:\n}", "0::", "- 000\n  -00000001",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var dst sample
		positions, faults := Decode("idp.yaml", data, &dst)
		lines := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' || r == '\r' })
		breaks := strings.Count(string(data), "\n") + strings.Count(string(data), "\r")
		for i, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Line > breaks+1 || fault.Column > longest(lines)+2 {
				t.Errorf("position outside the document: %v", fault)
			}
			if fault.Message == "" || strings.ContainsAny(fault.Error(), "\n\r") {
				t.Errorf("not one line: %q", fault.Error())
			}
			if i > 0 && faults[i-1].Line > fault.Line {
				t.Errorf("not sorted: %v", faults)
			}
			positions.At(fault.Path)
		}
		if deep := depth(positions.root); deep > maxDepth {
			t.Errorf("%d levels", deep)
		}
		var again sample
		if _, second := Decode("idp.yaml", data, &again); !reflect.DeepEqual(faults, second) {
			t.Errorf("first %v, then %v", faults, second)
		}
	})
}

func longest(lines []string) int {
	most := 0
	for _, line := range lines {
		most = max(most, utf8.RuneCountInString(line))
	}
	return most
}

func depth(n *node) int {
	if n == nil || n.kind != list && n.kind != mapping {
		return 0
	}
	deepest := 0
	for _, item := range n.items {
		deepest = max(deepest, depth(item))
	}
	for _, e := range n.entries {
		deepest = max(deepest, depth(e.value))
	}
	return deepest + 1
}
