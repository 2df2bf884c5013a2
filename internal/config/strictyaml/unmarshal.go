package strictyaml

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unmarshaler is a type that one text or number fills, such as a duration or a
// URL. UnmarshalYAMLText gets a quoted text unquoted and all else as written.
// Its error becomes the fault there, so it should say what to write; it need
// not repeat the value. Of a type with a method SecretYAML() an error that has
// a word in common with the value is withheld, unless it is Fixed.
type Unmarshaler interface {
	UnmarshalYAMLText(s string) error
}

// constant is what a caller elsewhere can only write out: the compiler makes one of a
// literal, and of nothing that was computed.
type constant string

func (c constant) Error() string { return string(c) }

// Fixed is an error that says the same of every value. What it has in common with one,
// it has by chance, and gives nothing away.
func Fixed(text constant) error { return text }

// secret marks a type whose value must not reach a fault.
type secret interface {
	SecretYAML()
}

func isUnmarshaler(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[Unmarshaler]())
}

func (d *decoder) bindUnmarshaler(n *node, v reflect.Value, u Unmarshaler) {
	if !n.single() {
		d.mismatch(n, v.Type())
		return
	}
	err := u.UnmarshalYAMLText(n.text)
	if err == nil {
		return
	}
	message := err.Error()
	_, hidden := u.(secret)
	if _, fixed := err.(constant); hidden && !fixed && repeats(message, n.text) { //nolint:errorlint // around a wrapped one there are other words
		message = "is not valid; the reason is withheld because it repeats a part of the value"
	}
	d.faultOn(n, strings.Join(strings.Fields(message), " "))
}

// repeats looks for the value in a message, whole or in part: net/url, for one,
// puts a password it takes for a port into its error. It errs on the side of
// silence, since a word of four letters in both is enough.
func repeats(message, value string) bool {
	quoted := strconv.Quote(value)
	if value != "" && strings.Contains(message, quoted[1:len(quoted)-1]) {
		return true
	}
	message, value = strings.ToLower(message), strings.ToLower(value)
	if whole := strings.TrimSpace(value); whole == "" || strings.Contains(message, whole) {
		return whole != ""
	}
	for i, part := range strings.Split(message, `"`) {
		if i%2 == 1 && part != "" && strings.Contains(value, part) {
			return true
		}
	}
	return slices.ContainsFunc(strings.FieldsFunc(message, notInWord), func(word string) bool {
		return utf8.RuneCountInString(word) >= 4 && strings.Contains(value, word)
	})
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
