package spelling_test

import (
	"strings"
	"testing"

	"idp/internal/spelling"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"ab", "ba", 2}, {"grün", "grun", 1},
		{strings.Repeat("a", 300) + "x", strings.Repeat("a", 300) + "yz", 0},
		{strings.Repeat("a", 1_000_000), "", 300},
	} {
		if got, back := spelling.Distance(c.a, c.b), spelling.Distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%.20q and %.20q: %d, and back %d; want %d", c.a, c.b, got, back, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	all := []string{"https://a.example.com/callback", "https://a.example.com/cb", "https://b.example.com/cb"}
	for text, want := range map[string]string{
		"https://a.example.com/cb/": all[1], "https://a.example.com/callbac": all[0], "https://b.example.com/": all[2],
	} {
		if got := spelling.Nearest(text, all); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := spelling.Nearest("x", nil); got != "" {
		t.Errorf("of none: %q", got)
	}
}
