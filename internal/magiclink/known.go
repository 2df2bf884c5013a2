package magiclink

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"
)

// A browser in which somebody signed in keeps a mark: it may ask for mails to
// that address from an allowance of its own, which no stranger can use up. A mark
// is an id, of the time it was made and random bits, and a MAC of it with the
// address: nothing of it is stored and it tells nobody which address it is for. It
// ends with its time, or earlier if the account says that older ones are no good.
const (
	markLabel    = "known-browser-since"
	markIDLength = 16 // base64url of 48 bits of time and as many random ones
	markTime     = 6  // bytes, of Unix milliseconds
	// markRenewal is the age from which on a sign-in gives a new mark.
	markRenewal = 24 * time.Hour
	// MaxMarks is how many addresses one browser is remembered for.
	MaxMarks = 4
)

// Remember returns the marks that a browser should keep after a sign-in of email:
// those it has, or those and a new one, the newest first. Marks made before a time
// are no good: see Approval.
func (s *Service) Remember(email string, from time.Time, marks []string) []string {
	now := s.now()
	id, made := s.markOf(email, marks)
	if id != "" && !made.Before(from) && now.Sub(made) < markRenewal {
		return marks
	}
	others := slices.DeleteFunc(slices.Clone(marks), func(m string) bool { return s.isMark(m, email) })
	others = append([]string{s.newMark(email, now)}, others...)
	return others[:min(len(others), MaxMarks)]
}

func (s *Service) newMark(email string, now time.Time) string {
	var raw [markIDLength / 4 * 3]byte
	rand.Read(raw[:])
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(now.UnixMilli())) //nolint:gosec // no time of ours is negative
	copy(raw[:markTime], millis[8-markTime:])
	id := base64.RawURLEncoding.EncodeToString(raw[:])
	return id + s.keys.MAC(markLabel, id, email)
}

// Known reports whether a browser with these marks is one in which email signed
// in before. What the account says of older marks is not asked.
func (s *Service) Known(email string, marks []string) bool {
	id, _ := s.markOf(email, marks)
	return id != ""
}

// markOf returns the id of the mark for email, and when it was made; "" if there is
// none, or its time is over.
func (s *Service) markOf(email string, marks []string) (id string, made time.Time) {
	for _, m := range marks {
		if !s.isMark(m, email) {
			continue
		}
		if made := madeAt(m[:markIDLength]); s.now().Sub(made) < s.settings.KnownBrowserTTL {
			return m[:markIDLength], made
		}
	}
	return "", time.Time{}
}

// isMark reports whether a text is a mark for email, of whatever time.
func (s *Service) isMark(m, email string) bool {
	return len(m) > markIDLength && s.keys.CheckMAC(markLabel, m[markIDLength:], m[:markIDLength], email)
}

// madeAt reads the time of a mark's id.
func madeAt(id string) time.Time {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil || len(raw) < markTime {
		return time.Time{}
	}
	var millis [8]byte
	copy(millis[8-markTime:], raw)
	return time.UnixMilli(int64(binary.BigEndian.Uint64(millis[:]))) //nolint:gosec // 48 bits
}
