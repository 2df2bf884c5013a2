package audit_test

import (
	"encoding/json"
	"testing"

	"idp/internal/audit"
)

// A detail is the JSON that encoding/json makes of the same names and values.
func TestDetail(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		"", "ses_01k9", "a b", `"`, `\`, "<b>", "&", "\n", "\x7f", "\x00", "é", "\u2028", "\xff", "~", true, 3, int64(-1), []string{"a", `"`}, nil,
	} {
		want, err := json.Marshal(map[string]any{"first": true, "of <them>": value})
		if err != nil {
			t.Fatal(err)
		}
		if got := audit.Detail("first", true, "of <them>", value); got != string(want) {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
	if got := audit.Detail(); got != "{}" {
		t.Errorf("of nothing: %s", got)
	}
}
