package strictyaml

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// treeBuilder turns the library's AST into nodes. It reports what is wrong
// whatever Go type follows: anchors, aliases, tags, keys given twice. The
// guard has bounded the depth of its recursion.
type treeBuilder struct {
	*decoder
	source source
}

func (t *treeBuilder) build(syntax ast.Node, s slot) *node {
	n := &node{slot: s}
	n.place = t.stand(syntax, s)
	switch v := syntax.(type) {
	case *ast.AnchorNode:
		t.refuse(v, n, "anchor (&) is not supported; quote a text that starts with &")
		return t.build(v.Value, s)
	case *ast.TagNode:
		t.refuse(v, n, "tag (!) is not supported; quote a text that starts with !")
		return t.build(v.Value, s)
	case *ast.AliasNode:
		t.refuse(v, n, "alias (*) is not supported; quote a text that starts with *")
	case *ast.MappingNode:
		n.kind = mapping
		t.mapping(n, v)
	case *ast.SequenceNode:
		n.kind = list
		t.list(n, v)
	default:
		t.scalar(n, syntax)
	}
	return n
}

// refuse reports at the sign itself: it may stand before a collection on
// another line.
func (t *treeBuilder) refuse(syntax ast.Node, n *node, message string) {
	t.add(t.locate(syntax.GetToken()), n.path(), message)
}

// stand is where a value stands; see the package comment.
func (t *treeBuilder) stand(syntax ast.Node, s slot) place {
	switch v := syntax.(type) {
	case *ast.MappingNode:
		if s.key == nil && !v.IsFlowStyle && len(v.Values) > 0 {
			return t.locate(v.Values[0].Key.GetToken())
		}
	case *ast.SequenceNode:
	case nil, *ast.NullNode:
		if s.parent == nil {
			return t.locate(tokenOf(syntax))
		}
	default:
		return t.locate(v.GetToken())
	}
	if s.key != nil {
		return *s.key
	}
	return t.locate(tokenOf(syntax))
}

func (t *treeBuilder) list(n *node, v *ast.SequenceNode) {
	for i, value := range v.Values {
		item := t.build(value, slot{parent: n, index: i})
		if dash := dashOf(v, i); dash != nil && item.kind == null {
			item.place = t.locate(dash)
		}
		n.items = append(n.items, item)
	}
}

// dashOf is the dash before an entry; a list in brackets has none.
func dashOf(v *ast.SequenceNode, i int) *token.Token {
	if i >= len(v.Entries) {
		return nil
	}
	if start := v.Entries[i].Start; start != nil && start.Type == token.SequenceEntryType {
		return start
	}
	return nil
}

func (t *treeBuilder) mapping(n *node, v *ast.MappingNode) {
	first := make(map[string]int, len(v.Values))
	for _, pair := range v.Values {
		e, ok := t.key(n, pair.Key)
		e.value = t.build(pair.Value, slot{parent: n, key: &e.place, name: e.name})
		if !ok {
			continue
		}
		if line, twice := first[e.name]; twice {
			e.firstAt = line
			t.add(e.place, e.value.path(), fmt.Sprintf("key is given twice; the first is on line %d", line))
		} else {
			first[e.name] = e.place.line
		}
		n.entries = append(n.entries, e)
	}
}

// key reads a key; not ok is a key that cannot be used, its fault reported.
func (t *treeBuilder) key(parent *node, syntax ast.Node) (e entry, ok bool) {
	tk := syntax.GetToken()
	e = entry{name: tk.Value, place: t.locate(tk)}
	owner := &node{slot: slot{parent: parent, key: &e.place, name: e.name}, place: e.place}
	switch v := syntax.(type) {
	case *ast.MergeKeyNode:
		t.refuse(v, owner, "merge key (<<) is not supported; write the keys out")
		return e, false
	case *ast.MappingKeyNode:
		t.refuse(v, parent, "explicit key (?) is not supported; write key: value")
		return e, false
	case *ast.AliasNode:
		t.refuse(v, parent, "alias (*) as a key is not supported")
		return e, false
	case *ast.AnchorNode:
		t.refuse(v, parent, "anchor (&) on a key is not supported")
		return e, false
	case *ast.TagNode:
		t.refuse(v, parent, "tag (!) on a key is not supported")
		return e, false
	}
	t.scalar(owner, syntax)
	e.kind, e.name = owner.kind, owner.text
	return e, owner.kind != refused
}

func tokenOf(syntax ast.Node) *token.Token {
	if syntax == nil {
		return nil
	}
	return syntax.GetToken()
}
