package oidc

import (
	"regexp"
	"strings"
	"testing"
)

// The shapes are those of RFC 7636, byte by byte and at both ends of their lengths.
func TestShapes(t *testing.T) {
	t.Parallel()
	hash, verifier := regexp.MustCompile(`\A[A-Za-z0-9_-]{43}\z`), regexp.MustCompile(`\A[A-Za-z0-9._~-]{43,128}\z`)
	var texts []string
	for n := range 131 {
		texts = append(texts, strings.Repeat("a", n))
	}
	for c := range 256 {
		for _, n := range []int{43, 60} {
			for _, at := range []int{0, n / 2, n - 1} {
				b := []byte(strings.Repeat("Z", n))
				b[at] = byte(c)
				texts = append(texts, string(b))
			}
		}
	}
	for _, s := range texts {
		if isHash(s) != hash.MatchString(s) {
			t.Errorf("a hash: %q", s)
		}
		if isVerifier(s) != verifier.MatchString(s) {
			t.Errorf("a verifier: %q", s)
		}
	}
}
