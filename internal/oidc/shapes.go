package oidc

import "strings"

// isHash reports whether s has the shape of a SHA-256 as base64url: of a code
// challenge (RFC 7636 §4.2) and of a key's thumbprint (RFC 7638).
func isHash(s string) bool { return len(s) == 43 && madeOf(s, "-_") }

// isVerifier reports whether s has the shape of a code verifier (RFC 7636 §4.1).
func isVerifier(s string) bool { return len(s) >= 43 && len(s) <= 128 && madeOf(s, "-._~") }

// madeOf reports whether s has no other bytes than ASCII letters, digits and those of
// also. Every sign-in asks it twice, and a regular expression takes ten times as long.
func madeOf(s, also string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte(also, c) < 0 {
			return false
		}
	}
	return true
}
