package failure

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"idp/internal/idp"
	"idp/internal/pattern"
)

// maxText bounds each text that is kept, in bytes.
const maxText = 300

var (
	// tokenLike is what secrets, codes and tokens look like, however they got into a
	// parameter where they do not belong: base64 has slashes, as paths have, and a query
	// writes its marks with percent signs.
	tokenLike = pattern.Lazy(`([A-Za-z0-9_+~=/-]|%2[Bb]|%2[Ff]|%3[Dd]){20,}`)
	decoded   = strings.NewReplacer("%2B", "+", "%2b", "+", "%2F", "/", "%2f", "/", "%3D", "=", "%3d", "=")
	address   = pattern.Lazy(`[^\s@/?&=:,;<>"'()]+(@|%40)([A-Za-z0-9.-]+)`)
	// parameter is a value in a query: it is anybody's guess what is in there.
	parameter = pattern.Lazy(`([?&;#](?i:code|state|token|access_token|id_token|refresh_token|secret|client_secret|password|key|nonce|code_verifier|assertion)=)[^&;#\s]*`)
)

// Clean makes a text from outside fit to be kept and shown. known are texts of the
// configuration, which may be shown as they are.
func Clean(text string, known ...string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return '·'
		}
		return r
	}, text)
	for _, k := range known {
		if text == k {
			return text
		}
	}
	text = parameter().ReplaceAllString(text, "${1}…")
	text = address().ReplaceAllStringFunc(text, maskFound)
	return tokenLike().ReplaceAllStringFunc(text, func(found string) string {
		plain := decoded.Replace(found)
		if short := cut(plain); short != plain {
			return short
		}
		return found
	})
}

// tokenLength is as long as words and names of people's making never are.
const tokenLength = 20

// cut cuts off what looks like a token, from where it begins.
func cut(path string) string {
	begins, odds := -1, 0
	for i := 0; i < len(path); {
		segment, _, _ := strings.Cut(path[i:], "/")
		long := len(segment) >= tokenLength && !readable(segment)
		if (long || odd(segment)) && begins < 0 {
			begins = i
		}
		if long {
			odds = tokenLength
		} else if odd(segment) {
			odds += len(segment)
		}
		i += len(segment) + 1
	}
	if odds < tokenLength {
		return path
	}
	for begins > 0 { // what stands before it and is no plain word belongs to it
		before := path[strings.LastIndexByte(path[:begins-1], '/')+1 : begins-1]
		if before != "" && strings.ToLower(before) == before && !strings.ContainsAny(before, "0123456789") {
			break
		}
		begins -= len(before) + 1
	}
	return path[:min(begins+3, len(path))] + "…"
}

// odd reports whether a short piece is one that nobody would write: of small and
// capital letters and digits, all in one.
func odd(s string) bool {
	return len(s) > 5 && !readable(s) && strings.ContainsAny(s, "0123456789") && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

// readable reports whether a long word is one that people made: words of small
// letters with marks between, and no word longer than any word is.
func readable(s string) bool {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("_-+~=", r) }) {
		digits := 0
		for _, r := range part {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		letters := len(part) - digits
		mixed := strings.ToLower(part) != part && strings.ToUpper(part[:1])+strings.ToLower(part[1:]) != part
		if letters > 16 || digits > 4 && letters > 0 || digits > 8 || mixed && len(part) > 8 || digits > 0 && letters > 8 {
			return false
		}
	}
	return true
}

func maskFound(s string) string { return idp.MaskAddress(strings.Replace(s, "%40", "@", 1)) }
