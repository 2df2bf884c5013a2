package mail

import (
	"crypto/hmac"
	"regexp"

	"idp/internal/secret"
)

const (
	refLabel  = "letter-reference"
	refLength = 16 // of the MAC in characters: enough against guessing, short enough for a header line
)

// Ref is a letter's name in the world outside: the first part of its Message-ID.
// With it a report that the letter came back proves that it is about a letter of
// ours to that address, however long ago it was sent.
func Ref(keys *secret.Keyring, letterID, recipient string) string {
	return letterID + "." + keys.MAC(refLabel, letterID, recipient)[:refLength]
}

var refPattern = regexp.MustCompile(`(let_[0-9A-Za-z]{26})\.([-_0-9A-Za-z]{16})`)

// FindRef finds the letter that a text, such as a header of a returned mail,
// refers to: only if it was one to recipient.
func FindRef(keys *secret.Keyring, text, recipient string) (letterID string, ok bool) {
	for _, m := range refPattern.FindAllStringSubmatch(text, 4) {
		want := keys.Rederive(refLabel, m[2], m[1], recipient)
		if len(want) >= refLength && hmac.Equal([]byte(want[:refLength]), []byte(m[2])) {
			return m[1], true
		}
	}
	return "", false
}
