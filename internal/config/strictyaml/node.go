package strictyaml

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kind is what a value of the document is, before any Go type is asked.
type kind int

const (
	refused kind = iota // its fault is reported already
	null
	text
	whole
	decimal
	boolean
	list
	mapping
)

// found names the kind in "expected …, found …".
func (k kind) found() string {
	return map[kind]string{
		null: "nothing", text: "a text", whole: "a number", decimal: "a number",
		boolean: "a true or false value", list: "a list", mapping: "a mapping",
	}[k]
}

// node is a value of the document.
type node struct {
	slot
	place
	kind    kind
	text    string // of a single value, as written if it is not quoted
	items   []*node
	entries []entry
}

// slot is where a value hangs: under a key, or as an entry of a list. The
// root has no parent.
type slot struct {
	parent *node
	key    *place // nil for an entry of a list
	name   string // of the key
	index  int
}

// entry is one key of a mapping with its value.
type entry struct {
	name    string
	kind    kind // of the key as written: text unless it needs quotes
	place   place
	firstAt int // line of the same key before it, or 0
	value   *node
}

func (n *node) single() bool {
	return n.kind == text || n.kind == whole || n.kind == decimal || n.kind == boolean
}

// path is built on demand: a text for each value would cost more memory than
// the document.
func (n *node) path() string {
	var steps []string
	for ; n.parent != nil; n = n.parent {
		steps = append(steps, n.step())
	}
	slices.Reverse(steps)
	return strings.TrimPrefix(strings.Join(steps, ""), ".")
}

func (n *node) step() string {
	switch {
	case n.key == nil:
		return fmt.Sprintf("[%d]", n.index)
	case plainKey.MatchString(n.name):
		return "." + n.name
	}
	return "[" + strconv.Quote(shortened(n.name)) + "]"
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// shortened keeps a fault readable whatever stands in place of a key.
func shortened(key string) string {
	if r := []rune(key); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return key
}
