package magiclink

import (
	"errors"
	"strings"
)

// ErrAddress says that a text is not an address this provider sends to. Its
// message can be shown to the person who typed it.
var ErrAddress = errors.New("that does not look like an e-mail address; it should read like name@example.com")

const (
	maxAddress = 254 // RFC 5321 §4.5.3.1.3, without the angle brackets
	maxLocal   = 64
	maxDomain  = 253
	maxLabel   = 63
)

// ParseAddress returns the canonical form of a typed address: trimmed and in
// lower case. It accepts exactly one shape, an ASCII dot-atom at a DNS name with
// at least two labels: quoted local parts, comments, groups, address literals
// and Unicode look-alikes have all been used to make a validator and a mailer
// disagree about who gets the mail. Plus tags stay as they are.
func ParseAddress(typed string) (string, error) {
	addr := strings.Trim(typed, " \t\r\n")
	if len(addr) > maxAddress {
		return "", ErrAddress
	}
	local, domain, ok := strings.Cut(addr, "@")
	if !ok || !isDotAtom(local) || !isDomain(domain) {
		return "", ErrAddress
	}
	return strings.ToLower(addr), nil
}

// isDotAtom is RFC 5322 §3.2.3, ASCII only.
func isDotAtom(s string) bool {
	if s == "" || len(s) > maxLocal {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if c := atom[i]; !isAlphanumeric(c) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) < 0 {
				return false
			}
		}
	}
	return true
}

// isDomain accepts letter-digit-hyphen labels, at least two, the last not all
// digits (which would be an IP address).
func isDomain(s string) bool {
	if len(s) > maxDomain || !strings.Contains(s, ".") {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isAlphanumeric(c) && c != '-' {
				return false
			}
		}
		last = label
	}
	return strings.Trim(last, "0123456789") != ""
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
