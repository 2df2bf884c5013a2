package storage

import (
	"slices"
	"testing"
)

// An empty text is a text, also where there was none before.
func TestEmptyTextsAreNotNull(t *testing.T) {
	t.Parallel()
	for _, args := range [][]any{{""}, {"", ""}, {"", "a", ""}} {
		x := newExchange()
		if err := x.parameters(args); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(x.bind.Parameters, func(p []byte) bool { return p == nil }) {
			t.Errorf("one of %q is NULL", args)
		}
	}
}

// Another process, which comes to its statements in another order, means the same by
// the same name.
func TestNamesAreOfTheirTexts(t *testing.T) {
	t.Parallel()
	name := func(query string) string {
		texts.Delete(query) // as if it were the first time
		return textOf(query).name
	}
	one, other := name(`SELECT 'one'`), name(`SELECT 'other'`)
	if one == other || other != name(`SELECT 'other'`) || one != name(`SELECT 'one'`) {
		t.Errorf("%q is not always that, or is the same as %q", one, other)
	}
}
