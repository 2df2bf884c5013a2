package strictyaml

import "github.com/goccy/go-yaml/token"

// maxDrift is how far locate looks for a token on its line.
const maxDrift = 64

// locate is where a token stands. The scanner is wrong in two cases: it does
// not count tabs between tokens, so behind one the column is too small; and it
// loses the start of an unquoted text that goes on with a dash on the next line.
// So the token is the next place on its line that starts like it, or else the
// first such place behind the token before it.
func (t *treeBuilder) locate(tk *token.Token) place {
	at := placeOf(tk)
	start, ok := startOf(tk)
	if !ok {
		return at
	}
	if found, ok := t.source.search(at, at.line, start); ok {
		return found
	}
	if tk.Prev == nil {
		return at
	}
	before := placeOf(tk.Prev)
	before.column++
	if found, ok := t.source.search(before, at.line, start); ok {
		return found
	}
	return at
}

// search looks for a character from a place on, to the end of the last line.
func (s source) search(from place, last int, wanted rune) (place, bool) {
	column := max(from.column, 1)
	for line := max(from.line, 1); line <= min(last, len(s)); line++ {
		runes := s[line-1]
		for i := column; i <= min(len(runes), column+maxDrift); i++ {
			if runes[i-1] == wanted {
				return place{line, i}, true
			}
		}
		column = 1
	}
	return place{}, false
}

// startOf is the first character of the token in the document.
func startOf(tk *token.Token) (rune, bool) {
	if tk == nil || tk.Type == token.ImplicitNullType {
		return 0, false
	}
	switch tk.Type {
	case token.SingleQuoteType:
		return '\'', true
	case token.DoubleQuoteType:
		return '"', true
	}
	for _, r := range tk.Value {
		return r, true
	}
	return 0, false
}
