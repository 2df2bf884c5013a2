package strictyaml

import (
	"regexp"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Numbers of the core schema, YAML 1.2 §10.3.2. The library takes some of
// them for texts, such as 1e3, 08 and all that overflow.
var (
	wholeNumber   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	decimalNumber = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// scalar sets kind and text of a single value.
func (t *treeBuilder) scalar(n *node, syntax ast.Node) {
	tk := tokenOf(syntax)
	if tk == nil {
		n.kind = null
		return
	}
	n.text = tk.Value
	switch v := syntax.(type) {
	case *ast.NullNode:
		n.kind = null
	case *ast.BoolNode:
		n.kind = boolean
	case *ast.IntegerNode:
		n.kind = whole
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.kind = decimal
	case *ast.LiteralNode:
		n.kind, n.text = text, v.Value.Value
	case *ast.StringNode:
		n.kind = kindOfText(v)
		if v.Token.Type == token.DoubleQuoteType && !t.source.goodEscapes(n.place) {
			t.faultOn(n, "escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8")
			n.kind = refused
		}
	default:
		t.faultOn(n, notYAML)
		n.kind = refused
	}
}

func kindOfText(v *ast.StringNode) kind {
	switch {
	case v.Token.Type != token.StringType:
		return text
	case wholeNumber.MatchString(v.Value):
		return whole
	case decimalNumber.MatchString(v.Value):
		return decimal
	}
	return text
}
