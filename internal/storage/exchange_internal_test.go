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
