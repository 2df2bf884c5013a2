package mail

import (
	"cmp"
	"slices"
	"strings"
)

// plate is a text that was set once, with gaps for what differs from letter to
// letter.
type plate struct {
	pieces []piece
	tail   string
}

// piece is some text and the gap behind it: a value, or as much of it as stood on
// one line.
type piece struct {
	text     string
	value    int
	from, to int
	whole    bool
}

// softBreak is where quoted-printable goes on in the next line (RFC 2045 §6.7).
const softBreak = "=\r\n"

// newPlate takes values out of a text that was made with them. None may stand in
// the text by chance.
func newPlate(text string, values []string) plate {
	longest := make([]int, len(values)) // first, as it may contain others
	for i := range values {
		longest[i] = i
	}
	slices.SortStableFunc(longest, func(a, b int) int { return cmp.Compare(len(values[b]), len(values[a])) })
	var p plate
	set := 0 // what is in the pieces already
	for at := 0; at < len(text); {
		gaps, length := []piece(nil), 0
		for _, v := range longest {
			if gaps, length = gapsFor(text[at:], v, values[v]); length > 0 {
				break
			}
		}
		if length == 0 {
			at++
			continue
		}
		gaps[0].text = text[set:at]
		p.pieces = append(p.pieces, gaps...)
		at += length
		set = at
	}
	p.tail = text[set:]
	return p
}

// gapsFor are the gaps of a value that text begins with, and how much of the text
// they take; 0 if it does not.
func gapsFor(text string, value int, s string) (gaps []piece, length int) {
	if s == "" {
		return nil, 0
	}
	gap := piece{value: value}
	for i := range len(s) {
		if i > 0 && strings.HasPrefix(text[length:], softBreak) {
			gap.to = i
			gaps = append(gaps, gap)
			gap = piece{text: softBreak, value: value, from: i}
			length += len(softBreak)
		}
		if length == len(text) || text[length] != s[i] {
			return nil, 0
		}
		length++
	}
	gap.to, gap.whole = len(s), len(gaps) == 0
	return append(gaps, gap), length
}

// print fills the gaps. A value that was cut by the end of a line has the length
// that it had on the plate.
func (p *plate) print(values []string) string {
	length := len(p.tail)
	for _, g := range p.pieces {
		length += len(g.text) + len(values[g.value])
	}
	var b strings.Builder
	b.Grow(length)
	for _, g := range p.pieces {
		b.WriteString(g.text)
		if v := values[g.value]; g.whole {
			b.WriteString(v)
		} else {
			b.WriteString(v[g.from:g.to])
		}
	}
	b.WriteString(p.tail)
	return b.String()
}
