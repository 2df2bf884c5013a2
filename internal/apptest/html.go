package apptest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// node is an element of a page, or, with an empty name, a piece of its text.
type node struct {
	name     string
	attrs    map[string]string
	text     string
	children []*node
}

// void are the elements that have no end tag (HTML §13.1.2).
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// parseHTML reads the HTML that our own templates write. It is no parser for the
// web: an element that is not closed, or closed twice, is an error here, and so
// a fault of a template.
func parseHTML(body string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(body))
	d.Strict, d.Entity = false, xml.HTMLEntity // attributes without a value are good HTML
	root := &node{}
	open := []*node{root}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 1 {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read page, inside <%s>: %w", open[len(open)-1].name, err)
		}
		last := open[len(open)-1]
		switch v := token.(type) {
		case xml.StartElement:
			n := &node{name: v.Name.Local, attrs: map[string]string{}}
			for _, a := range v.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			last.children = append(last.children, n)
			if !slices.Contains(void, n.name) {
				open = append(open, n)
			}
		case xml.EndElement:
			if v.Name.Local != last.name {
				return nil, fmt.Errorf("read page: </%s> closes <%s>", v.Name.Local, last.name)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			last.children = append(last.children, &node{text: string(v)})
		}
	}
}

// walk visits the node and everything below it, in the order of the page.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, c := range n.children {
		c.walk(visit)
	}
}

// all returns the elements of a name below the node; "" means every element.
func (n *node) all(name string) []*node {
	var out []*node
	n.walk(func(c *node) {
		if c.name != "" && (name == "" || c.name == name) {
			out = append(out, c)
		}
	})
	return out
}

// content is all text below the node, in one line.
func (n *node) content() string {
	var b strings.Builder
	n.walk(func(c *node) { b.WriteString(c.text + " ") })
	return strings.Join(strings.Fields(b.String()), " ")
}
