package idp_test

import (
	"testing"

	"idp/internal/idp"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 keys", 1: "1 key", 2: "2 keys"} {
		if got := idp.Count(n, "key"); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}
