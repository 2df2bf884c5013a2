package magiclink

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
)

// A browser in which somebody signed in keeps a mark: it may ask for mails to
// that address from an allowance of its own, which no stranger can use up. A mark
// is a random id and a MAC of it with the address, so nothing of it is stored and
// it tells nobody which address it is for.
const (
	markLabel    = "known-browser"
	markIDLength = 16 // base64url of 96 bits
	// MaxMarks is how many addresses one browser is remembered for.
	MaxMarks = 4
)

// Remember returns the marks that a browser should keep after a sign-in of email:
// those it has, or those and a new one, the newest first.
func (s *Service) Remember(email string, marks []string) []string {
	if s.markOf(email, marks) != "" {
		return marks
	}
	var raw [markIDLength / 4 * 3]byte
	rand.Read(raw[:])
	id := base64.RawURLEncoding.EncodeToString(raw[:])
	marks = append([]string{id + s.keys.MAC(markLabel, id, email)}, marks...)
	return marks[:min(len(marks), MaxMarks)]
}

// Known reports whether a browser with these marks is one in which email signed
// in before.
func (s *Service) Known(email string, marks []string) bool { return s.markOf(email, marks) != "" }

// markOf returns the id of the mark for email; "" if there is none.
func (s *Service) markOf(email string, marks []string) string {
	i := slices.IndexFunc(marks, func(m string) bool {
		return len(m) > markIDLength && s.keys.CheckMAC(markLabel, m[markIDLength:], m[:markIDLength], email)
	})
	if i < 0 {
		return ""
	}
	return marks[i][:markIDLength]
}
