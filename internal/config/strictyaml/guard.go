package strictyaml

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// The parser recurses, copies and builds a path text for each value. These
// limits keep its cost in line with the size of the document; without them
// some documents of 1 MiB would take gigabytes or overflow the stack, which
// no recover can catch.
const (
	maxDepth  = 32
	maxTokens = 250_000
	maxKeys   = 5000
	maxPaths  = 64 << 20 // bytes of path text over all tokens
)

// guard follows the nesting of mappings and lists through the tokens.
type guard struct {
	levels    []level
	pathBytes int // length of the path at the present token
	allPaths  int
	started   bool
	ended     bool
}

// level is one open mapping or list. Block levels close by column, flow levels
// by their bracket.
type level struct {
	flow, list bool
	column     int
	keys       int
	keyBytes   int
}

// check returns the first token that breaks a limit, and the message for it.
func check(tokens token.Tokens) (*token.Token, string) {
	if len(tokens) > maxTokens {
		return tokens[maxTokens], fmt.Sprintf("document has more than %d parts", maxTokens)
	}
	g := &guard{}
	for _, tk := range tokens {
		if tk.Type == token.CommentType {
			continue
		}
		if message := g.step(tk); message != "" {
			return tk, message
		}
	}
	return nil, ""
}

func (g *guard) step(tk *token.Token) string {
	if message := g.oneDocument(tk); message != "" {
		return message
	}
	g.nest(tk)
	g.allPaths += g.pathBytes
	switch {
	case len(g.levels) > maxDepth:
		return fmt.Sprintf("is nested deeper than %d levels", maxDepth)
	case len(g.levels) > 0 && g.top().keys > maxKeys:
		return fmt.Sprintf("mapping has more than %d keys", maxKeys)
	case g.allPaths > maxPaths:
		return "has too many values below too long keys"
	}
	return ""
}

// oneDocument refuses directives and whatever follows the first document.
func (g *guard) oneDocument(tk *token.Token) string {
	const second = "second document in the file; keep one"
	switch tk.Type {
	case token.DirectiveType:
		return "directive (%) is not supported; quote a text that starts with %"
	case token.DocumentHeaderType:
		if g.started {
			return second
		}
	case token.DocumentEndType:
		g.ended = true
		return ""
	}
	if g.ended {
		return second
	}
	g.started = true
	return ""
}

func (g *guard) nest(tk *token.Token) {
	isKey := tk.NextType() == token.MappingValueType || tk.Type == token.MappingKeyType
	switch tk.Type {
	case token.MappingStartType, token.SequenceStartType:
		g.open(level{flow: true})
	case token.MappingEndType, token.SequenceEndType:
		if g.inFlow() {
			g.close()
		}
	case token.SequenceEntryType:
		g.block(tk.Position.Column, true)
	default:
		if isKey {
			g.block(tk.Position.Column, false)
			g.key(len(tk.Value))
		}
	}
}

// block closes the block levels that a key or dash at this column ends, and
// opens its own if it is the first of its mapping or list. A list may stand at
// the column of its key.
func (g *guard) block(column int, list bool) {
	if g.inFlow() {
		return
	}
	for len(g.levels) > 0 {
		top := g.top()
		if top.column < column || top.column == column && (list || !top.list) {
			break
		}
		g.close()
	}
	if len(g.levels) > 0 && g.top().column == column && g.top().list == list {
		return
	}
	g.open(level{column: column, list: list})
}

func (g *guard) key(size int) {
	top := g.top()
	if top == nil {
		return
	}
	top.keys++
	g.pathBytes += size - top.keyBytes
	top.keyBytes = size
}

func (g *guard) open(l level) { g.levels = append(g.levels, l) }

func (g *guard) close() {
	g.pathBytes -= g.top().keyBytes
	g.levels = g.levels[:len(g.levels)-1]
}

func (g *guard) inFlow() bool { return len(g.levels) > 0 && g.top().flow }

func (g *guard) top() *level {
	if len(g.levels) == 0 {
		return nil
	}
	return &g.levels[len(g.levels)-1]
}
