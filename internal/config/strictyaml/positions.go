package strictyaml

import (
	"strconv"
	"strings"
)

// Positions remembers where each YAML path of a document stands.
type Positions struct {
	file string
	root *node
}

// At is where the path stands, or where the nearest path above it stands that
// the document has; without a document it is line 1, column 1. Path is always
// the path asked for. A key that is not of letters, digits, _ and - is
// written quoted in brackets: limits["10.0.0.0/8"].
func (p *Positions) At(path string) Position {
	at := Position{File: p.file, Line: 1, Column: 1, Path: path}
	n := p.root
	for n != nil {
		at.Line, at.Column = n.line, n.column
		n, path = n.next(path)
	}
	return at
}

// Readable reports whether there are keys at all. Without, there is nothing to say
// about the values of a document but what Decode said.
func (p *Positions) Readable() bool { return p.root != nil && p.root.kind == mapping }

// Has reports whether the document has a value at the path itself.
func (p *Positions) Has(path string) bool {
	n := p.root
	for n != nil && path != "" {
		n, path = n.next(path)
	}
	return n != nil
}

// next takes the first step of the path and returns the rest. The node is nil
// at the end of the path and when there is no such value.
func (n *node) next(path string) (*node, string) {
	if !strings.HasPrefix(path, "[") {
		name := strings.TrimPrefix(path, ".")
		if end := strings.IndexAny(name, ".["); end >= 0 {
			return n.child(name[:end]), name[end:]
		}
		return n.child(name), ""
	}
	inside := path[1:]
	if quoted, err := strconv.QuotedPrefix(inside); err == nil {
		name, _ := strconv.Unquote(quoted)
		return n.child(name), strings.TrimPrefix(inside[len(quoted):], "]")
	}
	digits, rest, _ := strings.Cut(inside, "]")
	i, err := strconv.Atoi(digits)
	if err != nil || i < 0 || i >= len(n.items) {
		return nil, ""
	}
	return n.items[i], rest
}

// child is the value of the first such key, or nil.
func (n *node) child(name string) *node {
	for _, e := range n.entries {
		if e.name == name {
			return e.value
		}
	}
	return nil
}
