package apptest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Page is one HTTP answer, read as a browser reads it.
type Page struct {
	Method string
	URL    *url.URL // that was asked for
	Status int
	Header http.Header
	Body   string

	t    testing.TB
	root *node
}

func newPage(t testing.TB, resp *http.Response) *Page {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{Method: resp.Request.Method, URL: resp.Request.URL, Status: resp.StatusCode, Header: resp.Header, Body: string(body), t: t, root: &node{}}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		if p.root, err = parseHTML(p.Body); err != nil {
			t.Fatalf("%s: %v\n%s", p.URL.Path, err, p.Body)
		}
	}
	return p
}

// String describes the page for a failing test.
func (p *Page) String() string {
	return fmt.Sprintf("%s %s -> %d %s %q", p.Method, p.URL.Path, p.Status, p.Location(), p.Heading())
}

// Location is where the answer redirects to; "" if it does not.
func (p *Page) Location() string { return p.Header.Get("Location") }

// Heading is the text of the first h1.
func (p *Page) Heading() string {
	for _, n := range p.root.all("h1") {
		return n.content()
	}
	return ""
}

// Text is all text of the page, in one line.
func (p *Page) Text() string { return p.root.content() }

// ByID returns the text of the element with this id, and whether there is one.
func (p *Page) ByID(id string) (text string, found bool) {
	if n := p.element(id); n != nil {
		return n.content(), true
	}
	return "", false
}

// Attr is an attribute of the element with this id; "" if there is none.
func (p *Page) Attr(id, name string) string {
	if n := p.element(id); n != nil {
		return n.attrs[name]
	}
	return ""
}

// Elements yields the name and the attributes of every element.
func (p *Page) Elements(yield func(name string, attrs map[string]string) bool) {
	for _, n := range p.root.all("") {
		if !yield(n.name, n.attrs) {
			return
		}
	}
}

func (p *Page) element(id string) *node {
	for _, n := range p.root.all("") {
		if n.attrs["id"] == id {
			return n
		}
	}
	return nil
}
