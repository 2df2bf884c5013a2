package secret

import (
	"crypto/rand"
	"math/big"
	"strings"
	"unicode"
)

// userCodeLetters have no vowels, so that no code is a word, and nothing that
// looks or sounds like a digit (RFC 8628 §6.1).
const (
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength  = 8
)

// NewUserCode returns eight letters (34 bits) with a hyphen in the middle, for a
// person to carry from one screen to another.
func NewUserCode() Token {
	out := make([]byte, userCodeLength)
	for i := range out {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(userCodeLetters))))
		if err != nil {
			panic("secret: the system gives no random numbers: " + err.Error())
		}
		out[i] = userCodeLetters[n.Int64()]
	}
	return TokenOf(string(out[:userCodeLength/2]) + "-" + string(out[userCodeLength/2:]))
}

// ParseUserCode reads a user code however it was typed or pasted: in small letters,
// in the wide ones of East Asian keyboards, with spaces, with any hyphen or none. What
// cannot be one is empty.
func ParseUserCode(typed string) Token {
	out := make([]byte, 0, userCodeLength+1)
	for _, r := range strings.ToUpper(typed) {
		if r >= '\uFF21' && r <= '\uFF3A' {
			r += 'A' - '\uFF21'
		}
		switch {
		case strings.ContainsRune("−._", r), unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf):
			continue
		case len(out) > userCodeLength || !strings.ContainsRune(userCodeLetters, r):
			return Token{}
		}
		if len(out) == userCodeLength/2 {
			out = append(out, '-')
		}
		out = append(out, byte(r))
	}
	if len(out) != userCodeLength+1 {
		return Token{}
	}
	return TokenOf(string(out))
}
