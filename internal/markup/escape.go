package markup

import (
	"reflect"
	"strings"
)

// escaper writes a value so that it stays what it is where it stands.
type escaper uint8

const (
	asItIs    escaper = iota // plain text, not HTML
	inText                   // between tags
	inValue                  // in a quoted attribute, or where tags mean nothing
	inAddress                // an attribute's address, from its beginning
	inPath                   // in an address that has begun
	inQuery                  // in an address, behind the question mark
)

// unsafeAddress stands for an address whose scheme is none of those that a stranger
// may choose. Browsers go nowhere with it.
const unsafeAddress = "about:invalid"

// append appends v to b, escaped.
func (e escaper) append(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	text, err := printed(v)
	if err != nil {
		return b, err
	}
	isHTML := v.IsValid() && v.Type() == htmlType
	switch e {
	case asItIs:
		return append(b, text...), nil
	case inText:
		if isHTML {
			return append(b, text...), nil
		}
	case inValue:
		if isHTML {
			return appendWithoutTags(b, text), nil
		}
	case inAddress:
		if v.IsValid() && v.Type() != urlType && !safeScheme(text) {
			text = unsafeAddress
		}
		text = percentEncode(text, true)
	case inPath:
		text = percentEncode(text, true)
	case inQuery:
		text = percentEncode(text, false)
	}
	return appendEscaped(b, text), nil
}

// EscapeString is text as HTML, for text and for quoted attributes.
func EscapeString(text string) string {
	if !strings.ContainsAny(text, "\"'&+<>\x00") {
		return text
	}
	return string(appendEscaped(nil, text))
}

// entity is what stands for c in HTML, or "" for itself. The plus is among them because
// old mail programs took it for the beginning of another character set.
func entity(c byte) string {
	switch c {
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '&':
		return "&amp;"
	case '+':
		return "&#43;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case 0:
		return "\uFFFD"
	}
	return ""
}

func appendEscaped(b []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		if e := entity(text[i]); e != "" {
			b = append(append(b, text[from:i]...), e...)
			from = i + 1
		}
	}
	return append(b, text[from:]...)
}

// appendWithoutTags appends the text of html: its tags are left out, its entities stay.
func appendWithoutTags(b []byte, html string) []byte {
	var quote byte // of the attribute that is open in a tag
	inTag := false
	for i := range len(html) {
		switch c := html[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case inTag && (c == '"' || c == '\''):
			quote = c
		case inTag:
			inTag = c != '>'
		case c == '<':
			inTag = true
		case c == '&':
			b = append(b, c)
		default:
			b = appendEscaped(b, html[i:i+1])
		}
	}
	return b
}

// safeScheme reports whether an address has no scheme or one that everybody may use.
func safeScheme(address string) bool {
	scheme, _, found := strings.Cut(address, ":")
	if !found || strings.Contains(scheme, "/") {
		return true
	}
	for _, known := range []string{"http", "https", "mailto"} {
		if strings.EqualFold(scheme, known) {
			return true
		}
	}
	return false
}

// percentEncode encodes what must not stand in an address (RFC 3986 §2.1). Of a whole
// one, what has a meaning there stays, and what is encoded already.
func percentEncode(text string, whole bool) string {
	const hex = "0123456789abcdef"
	var b []byte
	from := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			continue
		case whole && strings.IndexByte("!#$&*+,/:;=?@[]", c) >= 0:
			continue
		case whole && c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			continue
		}
		b = append(append(b, text[from:i]...), '%', hex[c>>4], hex[c&15])
		from = i + 1
	}
	if from == 0 {
		return text
	}
	return string(append(b, text[from:]...))
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
