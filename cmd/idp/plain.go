package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// plain keeps what others wrote, such as the name of an application that registered
// itself, from steering the terminal: what cannot be seen is shown as its number.
func plain(text string) string {
	if !strings.ContainsFunc(text, unseen) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !unseen(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func unseen(r rune) bool { return !unicode.IsPrint(r) }

// plainJSON is plain for JSON, in whose strings the numbers mean the same. Its own
// white space stays.
func plainJSON(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return strings.Join(lines, "\n")
}
