package conformance_test

import (
	"html"
	"regexp"
	"strings"
)

// tag is a start tag of a page.
type tag struct {
	name  string
	attrs map[string]string
	text  string // up to the next tag
}

// form is a form as it would be sent: its fields and, apart, its buttons.
type form struct {
	attrs   map[string]string
	fields  [][2]string
	buttons []tag
}

var (
	hidden    = regexp.MustCompile(`(?is)<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>|<noscript\b.*?</noscript>`)
	startTag  = regexp.MustCompile(`(?s)<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>([^<]*)`)
	attribute = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9_:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
)

// tags returns the start and end tags of a page in order, read as forgivingly as
// browsers read. End tags have a name like /form.
func tags(page string) []tag {
	var out []tag
	for _, m := range startTag.FindAllStringSubmatch(hidden.ReplaceAllString(page, ""), -1) {
		t := tag{name: m[1] + strings.ToLower(m[2]), attrs: map[string]string{}, text: strings.TrimSpace(html.UnescapeString(m[4]))}
		for _, a := range attribute.FindAllStringSubmatch(m[3], -1) {
			t.attrs[strings.ToLower(a[1])] = html.UnescapeString(a[2] + a[3] + a[4])
		}
		out = append(out, t)
	}
	return out
}

// forms returns the forms of a page.
func forms(page string) []*form {
	var out []*form
	var open *form
	for _, t := range tags(page) {
		switch {
		case t.name == "form":
			open = &form{attrs: t.attrs}
			out = append(out, open)
		case t.name == "/form":
			open = nil
		case open == nil:
		case t.name == "button":
			open.buttons = append(open.buttons, t)
		case t.name == "input" && t.attrs["name"] != "":
			open.fields = append(open.fields, [2]string{t.attrs["name"], t.attrs["value"]})
		}
	}
	return out
}

// heading is the text of the first h1.
func heading(page string) string {
	for _, t := range tags(page) {
		if t.name == "h1" {
			return t.text
		}
	}
	return ""
}

// has reports whether the form has a field of this name.
func (f *form) has(name string) bool {
	for _, field := range f.fields {
		if field[0] == name {
			return true
		}
	}
	return false
}
