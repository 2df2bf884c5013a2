package secret

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"
)

const (
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	linkLength  = 32
	codeDigits  = 6
	codeSpace   = 1_000_000
	base62Limit = 256 - 256%len(base62) // bytes from here on would favour some letters
)

// LinkLength is the number of characters of a link token.
const LinkLength = linkLength

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewLinkToken returns 32 base62 characters (190 bits): letters and digits
// only, so that no mail program breaks the link.
func NewLinkToken() Token {
	out := make([]byte, 0, linkLength)
	var buf [64]byte
	for {
		rand.Read(buf[:])
		for _, b := range buf {
			if int(b) >= base62Limit {
				continue
			}
			out = append(out, base62[int(b)%len(base62)])
			if len(out) == linkLength {
				return TokenOf(string(out))
			}
		}
	}
}

// NewCode returns six decimal digits, each of the million values equally likely.
func NewCode() Token {
	n, err := rand.Int(rand.Reader, big.NewInt(codeSpace))
	if err != nil {
		panic("secret: the system gives no random numbers: " + err.Error())
	}
	return TokenOf(fmt.Sprintf("%0*d", codeDigits, n))
}

// LongCodeLength is the number of characters of a long code.
const LongCodeLength = 8

// crockford is the alphabet of long codes: digits, and letters that are no
// look-alikes.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewLongCode returns eight characters of Crockford's base32, 39 bits. The first
// is a letter, so that nobody takes the beginning for six digits.
func NewLongCode() Token {
	var raw [LongCodeLength]byte
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(crockford)-10)))
	if err != nil {
		panic("secret: the system gives no random numbers: " + err.Error())
	}
	rand.Read(raw[:])
	for i := range raw {
		raw[i] = crockford[raw[i]%32]
	}
	raw[0] = crockford[10+n.Int64()]
	return TokenOf(string(raw[:]))
}

// ParseLongCode reads a long code in either case; O, I and L stand for the digits
// that they look like.
func ParseLongCode(typed string) (code string, ok bool) {
	code = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	return code, len(code) == LongCodeLength && strings.Trim(code, crockford) == ""
}

// NewID returns prefix and 26 characters: 48 bits of the time in milliseconds
// and 80 random bits. Ids are public; the time in front keeps the newest rows of
// a table beside each other in its index.
func NewID(prefix string, now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:])
	return prefix + idEncoding.EncodeToString(b[:])
}

// FirstID is the least id that NewID could have made at a time.
func FirstID(prefix string, at time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	return prefix + idEncoding.EncodeToString(b[:])
}

// NewSubject returns prefix and 26 characters of 128 random bits: an id that
// says nothing, not even when it was made.
func NewSubject(prefix string) string {
	var b [16]byte
	rand.Read(b[:])
	return prefix + idEncoding.EncodeToString(b[:])
}

// IDTime is when NewID made an id, to the millisecond; the zero time for a text
// that is none.
func IDTime(prefix, id string) time.Time {
	text, ok := strings.CutPrefix(id, prefix)
	raw, err := idEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) < 8 {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(raw[:8]) >> 16)).UTC()
}
