package secret_test

import (
	"regexp"
	"testing"

	"idp/internal/secret"
)

func TestUserCodes(t *testing.T) {
	shape, seen := regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`), map[string]bool{}
	for range 1000 {
		c := secret.NewUserCode()
		if !shape.MatchString(c.Reveal()) || seen[c.Reveal()] {
			t.Fatalf("code %s", c.Reveal())
		}
		seen[c.Reveal()] = true
	}
	for typed, want := range map[string]string{
		"BCDF-GHJK": "BCDF-GHJK", "bcdfghjk": "BCDF-GHJK", " bcdf ghjk ": "BCDF-GHJK", "B-C-D-F-G-H-J-K": "BCDF-GHJK", "BCDF–GHJK": "BCDF-GHJK",
		"ＢＣＤＦ－ＧＨＪＫ": "BCDF-GHJK", "ｂｃｄｆ　ｇｈｊｋ": "BCDF-GHJK", "BCDF\u00a0GHJK": "BCDF-GHJK", "\u200eBCDF-GHJK\n": "BCDF-GHJK",
		"": "", "BCDF-GHJ": "", "BCDF-GHJKL": "", "ACDF-GHJK": "", "BCDF-GHJ1": "", "BCDF/GHJK": "", "BCDFGHJKBCDFGHJKBCDFGHJK": "", "----": "",
	} {
		if got := secret.ParseUserCode(typed).Reveal(); got != want {
			t.Errorf("%q reads %q, want %q", typed, got, want)
		}
	}
}
