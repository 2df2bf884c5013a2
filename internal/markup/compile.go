package markup

import (
	"fmt"
	"reflect"
	"strconv"
	"text/template/parse"
)

// body is a compiled template, as it is when it begins in one place.
type body struct {
	root      list
	variables int
	end       place
}

// spot is a template in the place where it is used.
type spot struct {
	name string
	at   place
}

// compiler turns trees into plans.
type compiler struct {
	set       *Set
	done      map[spot]*body // nil: begun and not done
	names     []string       // of functions, in the order of their numbers
	index     map[string]int
	constants int
}

// body compiles the template name for the place at.
func (c *compiler) body(name string, at place) (*body, error) {
	s := spot{name, at}
	if b, begun := c.done[s]; b != nil {
		return b, nil
	} else if begun {
		return nil, fmt.Errorf("template %s uses itself", name)
	}
	tree := c.set.trees[name]
	if tree == nil {
		return nil, fmt.Errorf("there is no template %q", name)
	}
	c.done[s] = nil
	w := writer{compiler: c, tree: tree, scope: []string{"$"}, variables: 1}
	root, end, err := w.list(tree.Root, at)
	if err != nil {
		return nil, err
	}
	b := &body{root, w.variables, end}
	c.done[s] = b
	return b, nil
}

// function is the number of a function.
func (c *compiler) function(name string) int {
	n, known := c.index[name]
	if !known {
		n = len(c.names)
		c.index[name] = n
		c.names = append(c.names, name)
	}
	return n
}

// writer compiles one template.
type writer struct {
	*compiler
	tree      *parse.Tree
	scope     []string // variables that are visible, each in the slot of its index
	variables int      // the most there were at once
	loop      *place   // where the range begins that is around, or nil
}

// fault is an error with the place in the file.
func (w *writer) fault(n parse.Node, err error) error {
	return fmt.Errorf("%s: %w", w.where(n), err)
}

func (w *writer) where(n parse.Node) string {
	at, _ := w.tree.ErrorContext(n)
	return at
}

func (w *writer) list(n *parse.ListNode, at place) (out list, end place, err error) {
	if n == nil {
		return nil, at, nil
	}
	visible := len(w.scope)
	defer func() { w.scope = w.scope[:visible] }()
	for _, child := range n.Nodes {
		var made node
		if made, at, err = w.node(child, at); err != nil {
			return nil, at, err
		}
		out = append(out, made)
	}
	return out, at, nil
}

func (w *writer) node(n parse.Node, at place) (node, place, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		end, rest, err := at.after(string(n.Text))
		if err != nil {
			err = w.fault(&parse.TextNode{Pos: n.Pos + parse.Pos(len(n.Text)-len(rest))}, err)
		}
		return literal(n.Text), end, err
	case *parse.ActionNode:
		made, err := w.action(n, at)
		return made, at, err
	case *parse.IfNode:
		return w.branch(n, &n.BranchNode, at, false)
	case *parse.WithNode:
		return w.branch(n, &n.BranchNode, at, true)
	case *parse.RangeNode:
		return w.loopOver(n, at)
	case *parse.TemplateNode:
		return w.use(n, at)
	case *parse.BreakNode:
		return jump{errBreak}, at, w.leave(n, at)
	case *parse.ContinueNode:
		return jump{errContinue}, at, w.leave(n, at)
	}
	return nil, at, w.fault(n, fmt.Errorf("{{%s}} is not known here", n))
}

// action is a value that is written, or a variable that is set.
func (w *writer) action(n *parse.ActionNode, at place) (node, error) {
	e, err := w.pipe(n.Pipe)
	if err != nil {
		return nil, err
	}
	if len(n.Pipe.Decl) > 0 {
		return assignment{w.slot(n.Pipe), e}, nil
	}
	escape, err := at.escaper()
	if err != nil {
		return nil, w.fault(n, err)
	}
	shown := show{value: e, escape: escape, where: w.where(n)}
	if _, isCall := e.(*call); isCall && constant(e) {
		w.constants++
		return always{shown, w.constants - 1}, nil
	}
	return shown, nil
}

// slot is where the variable stands that a pipeline sets.
func (w *writer) slot(p *parse.PipeNode) int {
	name := p.Decl[0].Ident[0]
	if p.IsAssign {
		return w.variable(name)
	}
	return w.declare(name)
}

func (w *writer) declare(name string) int {
	w.scope = append(w.scope, name)
	w.variables = max(w.variables, len(w.scope))
	return len(w.scope) - 1
}

// variable is the slot of the innermost variable name. The parser knows that there is
// one.
func (w *writer) variable(name string) int {
	for i := len(w.scope) - 1; i > 0; i-- {
		if w.scope[i] == name {
			return i
		}
	}
	return 0
}

func (w *writer) branch(n parse.Node, b *parse.BranchNode, at place, with bool) (node, place, error) {
	visible := len(w.scope)
	defer func() { w.scope = w.scope[:visible] }()
	e, err := w.pipe(b.Pipe)
	if err != nil {
		return nil, at, err
	}
	made := choice{value: e, slot: -1, with: with}
	if len(b.Pipe.Decl) > 0 {
		made.slot = w.slot(b.Pipe)
	}
	var yes, no place
	if made.yes, yes, err = w.list(b.List, at); err != nil {
		return nil, at, err
	}
	if made.no, no, err = w.list(b.ElseList, at); err != nil {
		return nil, at, err
	}
	end, err := yes.meet(no)
	if err != nil {
		err = w.fault(n, err)
	}
	return made, end, err
}

func (w *writer) loopOver(n *parse.RangeNode, at place) (node, place, error) {
	visible := len(w.scope)
	defer func() { w.scope = w.scope[:visible] }()
	e, err := w.pipe(n.Pipe)
	if err != nil {
		return nil, at, err
	}
	made := loop{value: e, key: -1, element: -1, where: w.where(n)}
	decl := n.Pipe.Decl
	for i, v := range decl {
		slot := &made.element
		if i < len(decl)-1 {
			slot = &made.key
		}
		if *slot = w.variable(v.Ident[0]); !n.Pipe.IsAssign {
			*slot = w.declare(v.Ident[0])
		}
	}
	outer := w.loop
	defer func() { w.loop = outer }()
	w.loop = &at
	var end, no place
	if made.each, end, err = w.list(n.List, at); err != nil {
		return nil, at, err
	}
	w.loop = outer
	if made.none, no, err = w.list(n.ElseList, at); err != nil {
		return nil, at, err
	}
	// The next turn must begin where the first did.
	if end == at {
		end = no
	}
	if end != at {
		return nil, at, w.fault(n, fmt.Errorf("a range must end where it began: it began %s, and ends %s", at, end))
	}
	return made, at, nil
}

// leave checks that a range is left where it began.
func (w *writer) leave(n parse.Node, at place) error {
	if w.loop == nil || *w.loop != at {
		return w.fault(n, fmt.Errorf("a range must be left where it began"))
	}
	return nil
}

func (w *writer) use(n *parse.TemplateNode, at place) (node, place, error) {
	made := inclusion{}
	if n.Pipe != nil {
		var err error
		if made.value, err = w.part(n.Pipe); err != nil {
			return nil, at, err
		}
	}
	b, err := w.body(n.Name, at)
	if err != nil {
		if w.set.trees[n.Name] == nil {
			err = w.fault(n, err)
		}
		return nil, at, err
	}
	made.body = b
	return made, b.end, nil
}

// part compiles a pipeline that is part of another, or belongs to a template.
func (w *writer) part(p *parse.PipeNode) (expr, error) {
	if len(p.Decl) > 0 {
		return nil, w.fault(p, fmt.Errorf("%s cannot be set here: set it before", p.Decl[0]))
	}
	return w.pipe(p)
}

// pipe compiles a pipeline: each command gets the one before as its last argument.
func (w *writer) pipe(p *parse.PipeNode) (expr, error) {
	var e expr
	for i, command := range p.Cmds {
		var err error
		if e, err = w.command(command, e, i > 0); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (w *writer) command(n *parse.CommandNode, before expr, piped bool) (expr, error) {
	first := n.Args[0]
	if id, ok := first.(*parse.IdentifierNode); ok {
		args, err := w.operands(n.Args[1:])
		if err != nil {
			return nil, err
		}
		if piped {
			args = append(args, before)
		}
		return w.call(id, args)
	}
	if _, ok := first.(*parse.NilNode); ok {
		return nil, w.fault(n, fmt.Errorf("nil is nothing that could be written"))
	}
	if len(n.Args) > 1 || piped {
		return nil, w.fault(n, fmt.Errorf("%s is not a function: it takes no argument, and methods cannot be called", first))
	}
	return w.operand(first)
}

func (w *writer) call(id *parse.IdentifierNode, args []expr) (expr, error) {
	switch id.Ident {
	case "and", "or":
		if len(args) == 0 {
			return nil, w.fault(id, fmt.Errorf("%s needs something to look at", id.Ident))
		}
		return junction{args, id.Ident == "or"}, nil
	}
	return &call{w.function(id.Ident), args, w.where(id), id.Ident}, nil
}

func (w *writer) operands(all []parse.Node) ([]expr, error) {
	out := make([]expr, len(all))
	for i, n := range all {
		var err error
		if out[i], err = w.operand(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *writer) operand(n parse.Node) (expr, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot{}, nil
	case *parse.FieldNode:
		return w.fields(n, dot{}, n.Ident), nil
	case *parse.VariableNode:
		return w.fields(n, variable(w.variable(n.Ident[0])), n.Ident[1:]), nil
	case *parse.ChainNode:
		base, err := w.operand(n.Node)
		return w.fields(n, base, n.Field), err
	case *parse.PipeNode:
		return w.part(n)
	case *parse.IdentifierNode:
		return w.call(n, nil)
	case *parse.StringNode:
		return fixed{reflect.ValueOf(n.Text)}, nil
	case *parse.BoolNode:
		return fixed{reflect.ValueOf(n.True)}, nil
	case *parse.NilNode:
		return fixed{}, nil
	case *parse.NumberNode:
		// IsInt has 1.0 too, which is no whole number for printf and lt.
		_, err := strconv.ParseInt(n.Text, 0, 64)
		switch {
		case err == nil, n.IsInt && n.Text[0] == '\'':
			return fixed{reflect.ValueOf(int(n.Int64))}, nil
		case n.IsFloat:
			return fixed{reflect.ValueOf(n.Float64)}, nil
		}
	}
	return nil, w.fault(n, fmt.Errorf("%s is not a value", n))
}

func (w *writer) fields(n parse.Node, of expr, names []string) expr {
	for _, name := range names {
		of = &field{of: of, name: name, key: reflect.ValueOf(name), where: w.where(n)}
	}
	return of
}

// constant reports whether e is the same in every rendering.
func constant(e expr) bool {
	switch e := e.(type) {
	case fixed:
		return true
	case *call:
		for _, arg := range e.args {
			if !constant(arg) {
				return false
			}
		}
		return true
	}
	return false
}
