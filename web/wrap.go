package web

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// lineWidth is how wide a line of a letter is, in the columns of a typewriter.
const lineWidth = 72

// wrap breaks text into lines for a plain letter: at spaces, and between the
// characters of scripts that have none.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for _, word := range wordsOf(text) {
		w := columns(word)
		if column > 0 && column+columns(strings.TrimRight(word, " ")) > lineWidth {
			trimmed := strings.TrimRight(b.String(), " ")
			b.Reset()
			b.WriteString(trimmed)
			b.WriteByte('\n')
			column = 0
		}
		b.WriteString(word)
		column += w
	}
	return strings.TrimRight(b.String(), " ")
}

// wordsOf cuts text where a line may end: each piece keeps its space behind it.
func wordsOf(text string) (pieces []string) {
	start := 0
	for i, r := range text {
		if i == start {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		if before == ' ' && r != ' ' && (r < '0' || r > '9') || // a number stays with its word
			wide(before) && wide(r) && !strings.ContainsRune("、。，．」』）】！？：；ー…", r) && !strings.ContainsRune("「『（【", before) {
			pieces = append(pieces, text[start:i])
			start = i
		}
	}
	return append(pieces, text[start:])
}

func columns(s string) (n int) {
	for _, r := range s {
		if n++; wide(r) {
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
