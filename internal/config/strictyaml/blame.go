package strictyaml

import "github.com/goccy/go-yaml/token"

// blame moves a fault to where its cause stands, if the parser noticed it only on
// a later line: at a bracket that nobody closed, or at a quoted text that ran on
// into the next one. tk is where the parser gave up.
func blame(tokens token.Tokens, tk *token.Token) (place, string) {
	if open := unclosed(tokens, tk); open != nil && open.Position.Line < tk.Position.Line {
		if open.Type == token.MappingStartType {
			return placeOf(open), "mapping is not closed; } is missing"
		}
		return placeOf(open), "list is not closed; ] is missing"
	}
	if p := tk.Prev; p != nil && quoted(p) && p.Position.Line < tk.Position.Line && !firstOnLine(tk) {
		return placeOf(p), "quoted text goes on over several lines; its end is probably missing"
	}
	return place{}, ""
}

// unclosed is the innermost bracket that is open in front of tk, if tk is the first
// on its line and so probably meant to be outside.
func unclosed(tokens token.Tokens, tk *token.Token) *token.Token {
	if !firstOnLine(tk) {
		return nil
	}
	var open []*token.Token
	for _, t := range tokens {
		if t == tk || t.Position.Line > tk.Position.Line {
			break
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			open = append(open, t)
		case token.MappingEndType, token.SequenceEndType:
			open = open[:max(0, len(open)-1)]
		}
	}
	if len(open) == 0 {
		return nil
	}
	return open[len(open)-1]
}

func firstOnLine(tk *token.Token) bool {
	return tk.Prev == nil || tk.Prev.Position == nil || tk.Prev.Position.Line < tk.Position.Line && !quoted(tk.Prev)
}

func quoted(tk *token.Token) bool {
	return tk.Type == token.DoubleQuoteType || tk.Type == token.SingleQuoteType
}
