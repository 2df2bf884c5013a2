package markup

import (
	"fmt"
	"strings"
)

// state is where in HTML something stands.
type state uint8

const (
	text     state = iota // between tags
	title                 // in an element whose content is text only: title, textarea
	code                  // in an element whose content is code: script, style
	comment               // in <!-- --> and <! >, where it is not over
	tagGap                // in a tag, where an attribute may begin
	tagTight              // in a tag, directly behind a name or a value
	preValue              // behind the equals sign of an attribute
	value                 // in an attribute's quotes
	plain                 // everywhere in what is not HTML
)

// meaning is what an attribute's value is.
type meaning uint8

const (
	words   meaning = iota // text
	address                // one address
	program                // code, or something else that has an own syntax
)

// part is how far the address of an attribute has come.
type part uint8

const (
	atStart part = iota
	inFront      // scheme, host, path
	unclear      // one way through the template leads here, and another one there
	behind       // query, fragment
	strange      // behind a scheme whose addresses have rules of their own
)

// place is where in HTML a template stands between two bytes. It is comparable: two ways
// through a template must meet in the same place.
type place struct {
	state   state
	element string // the open element whose content is title or code, or the tag
	closing bool   // the tag is an end tag
	meaning meaning
	part    part
	quote   byte
}

// escaper is how a value is written here, or an error that says why it cannot be.
func (p place) escaper() (escaper, error) {
	switch p.state {
	case plain:
		return asItIs, nil
	case text:
		return inText, nil
	case title:
		return inValue, nil
	case code:
		return 0, fmt.Errorf("a value cannot stand in <%s>: give it to an attribute", p.element)
	case comment:
		return 0, fmt.Errorf("a value cannot stand in a comment")
	case preValue:
		return 0, fmt.Errorf("put quotes around the attribute's value")
	case tagGap, tagTight:
		return 0, fmt.Errorf("a value cannot name an attribute: write the name into the template, with an if around it")
	}
	switch {
	case p.meaning == words:
		return inValue, nil
	case p.meaning == program:
		return 0, fmt.Errorf("a value cannot stand in an attribute that is a program or a style")
	case p.part == atStart:
		return inAddress, nil
	case p.part == inFront:
		return inPath, nil
	case p.part == behind:
		return inQuery, nil
	case p.part == strange:
		return 0, fmt.Errorf("a value cannot stand behind a scheme other than http, https and mailto: give the whole address as one value")
	}
	return 0, fmt.Errorf("it depends on an if before this value whether it stands in the path or in the query of the address: write the whole address in each branch")
}

// meet is the place where two ways through a template come together.
func (p place) meet(q place) (place, error) {
	if p.state == tagGap && q.state == tagTight {
		p.state = tagTight
	}
	if q.state == tagGap && p.state == tagTight {
		q.state = tagTight
	}
	if p.part != q.part {
		p.part, q.part = unclear, unclear
	}
	if p != q {
		return p, fmt.Errorf("the branches end in different places of the HTML: one %s, the other %s", p, q)
	}
	return p, nil
}

// String says where the place is.
func (p place) String() string {
	switch p.state {
	case title, code:
		return "in <" + p.element + ">"
	case comment:
		return "in a comment"
	case tagGap, tagTight:
		return "in the tag <" + p.element + ">"
	case preValue, value:
		return "in an attribute of <" + p.element + ">"
	}
	return "between tags"
}

// after is the place behind more of the template's own text, or an error and the text
// from where it is.
func (p place) after(s string) (end place, rest string, err error) {
	if p.state == plain {
		return p, "", nil
	}
	for s != "" && err == nil {
		p, s, err = p.step(s)
	}
	return p, s, err
}

// step takes the part of s that belongs to the state, and returns the rest.
func (p place) step(s string) (place, string, error) {
	switch p.state {
	case text:
		return p.stepText(s)
	case title, code:
		return p.stepContent(s)
	case comment:
		return p, s, fmt.Errorf("a comment must stand in one piece, with no {{ in it")
	case value:
		return p.stepValue(s)
	case preValue:
		return p.stepPreValue(s)
	default:
		return p.stepTag(s)
	}
}

func (p place) stepText(s string) (place, string, error) {
	_, rest, found := strings.Cut(s, "<")
	if !found {
		return p, "", nil
	}
	if strings.HasPrefix(rest, "!") {
		return p.stepComment(rest)
	}
	bare, closing := strings.CutPrefix(rest, "/")
	if bare == "" || !isLetter(bare[0]) {
		return p, "<" + rest, fmt.Errorf("a < begins no tag: write &lt;, or the tag's name behind it")
	}
	name, behind := cutName(bare)
	return place{state: tagTight, element: strings.ToLower(name), closing: closing}, behind, nil
}

// stepComment takes a comment, or <!doctype html>. <!--> is a whole one, as in browsers.
func (p place) stepComment(s string) (place, string, error) {
	end := ">"
	if strings.HasPrefix(s, "!--") {
		end = "-->"
	}
	inside, rest, over := strings.Cut(s, end)
	switch {
	case strings.HasPrefix(s, "![CDATA["):
		return p, s, fmt.Errorf("HTML has no <![CDATA[: write &lt; and &amp; in its text")
	case strings.Contains(inside, "--!>"):
		return p, s, fmt.Errorf("a comment has a --!> in it, where browsers end it")
	case !over:
		p = place{state: comment}
	}
	return p, rest, nil
}

// stepContent looks for the end tag, which alone ends such an element. In SVG, and in
// scripts behind <!--, browsers read what else begins with a <: it is not for us to know.
func (p place) stepContent(s string) (place, string, error) {
	end := "</" + p.element
	for i := range len(s) {
		switch at := s[i:]; {
		case len(at) >= len(end) && strings.EqualFold(at[:len(end)], end) && (len(at) == len(end) || strings.IndexByte(" \t\r\n\f/>", at[len(end)]) >= 0):
			return place{state: tagTight, element: p.element, closing: true}, at[len(end):], nil
		case p.element == "script" && strings.HasPrefix(at, "<!"):
			return p, at, fmt.Errorf("in <script> is a <!: leave it out")
		case p.element != "script" && p.element != "style" && at[0] == '<':
			return p, at, fmt.Errorf("in <%s> is a <: write &lt;", p.element)
		}
	}
	return p, "", nil
}

func (p place) stepTag(s string) (place, string, error) {
	trimmed := strings.TrimLeft(s, " \t\r\n\f/")
	if len(trimmed) < len(s) {
		p.state = tagGap
	}
	switch {
	case trimmed == "":
		return p, "", nil
	case trimmed[0] == '>':
		return p.content(), trimmed[1:], nil
	}
	name, rest := cutName(trimmed)
	switch {
	case name == "":
		return p, trimmed, fmt.Errorf("in the tag <%s> is a %q: is a quote missing before it?", p.element, trimmed[0])
	case p.state == tagTight:
		return p, trimmed, fmt.Errorf("in the tag <%s> a name is put together of two pieces, or a quote or a space is missing before %q", p.element, name)
	}
	p.state = tagTight
	after := strings.TrimLeft(rest, " \t\r\n\f")
	if behind, found := strings.CutPrefix(after, "="); found {
		p.state, p.meaning, rest = preValue, meaningOf(strings.ToLower(name)), behind
	}
	return p, rest, nil
}

// content is where the content of the element begins whose tag is over.
func (p place) content() place {
	if !p.closing {
		switch p.element {
		case "title", "textarea":
			return place{state: title, element: p.element}
		case "script", "style", "xmp", "iframe", "noembed", "noframes":
			return place{state: code, element: p.element}
		}
	}
	return place{}
}

func (p place) stepPreValue(s string) (place, string, error) {
	s = strings.TrimLeft(s, " \t\r\n\f")
	if s == "" {
		return p, "", nil
	}
	if s[0] == '"' || s[0] == '\'' {
		p.state, p.quote, p.part = value, s[0], atStart
		return p, s[1:], nil
	}
	end := strings.IndexAny(s, " \t\r\n\f>")
	if end < 0 {
		return p, s, fmt.Errorf("put quotes around the attribute's value")
	}
	return place{state: tagTight, element: p.element, closing: p.closing}, s[end:], nil
}

func (p place) stepValue(s string) (place, string, error) {
	own, rest, over := strings.Cut(s, string(p.quote))
	if over {
		return place{state: tagTight, element: p.element, closing: p.closing}, rest, nil
	}
	if _, to, found := strings.Cut(strings.ToLower(own), "url="); found && p.element == "meta" {
		p.meaning, own = address, strings.TrimLeft(to, "'\"") // where the page goes on to
	}
	front, _, query := strings.Cut(strings.ReplaceAll(own, "#", "?"), "?")
	front = strings.TrimLeft(front, " \t\r\n\f")
	switch {
	case p.meaning != address || p.part >= behind:
	case p.part == atStart && !safeScheme(front):
		p.part = strange
	case query:
		p.part = behind
	case p.part == atStart && front != "":
		p.part = inFront // values alone stay at the start: two of them could make a scheme
	}
	return p, "", nil
}

// cutName cuts the name of a tag or an attribute off.
func cutName(s string) (name, rest string) {
	end := strings.IndexAny(s, " \t\r\n\f/>=\"'<")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// meaningOf is what the values of an attribute are (HTML, index of attributes). Whoever
// has data-next-url or the like goes there by script.
func meaningOf(attribute string) meaning {
	switch attribute {
	case "attributename", "from", "to", "by", "values": // of an animation in SVG, which can set an href
		return program
	}
	name := strings.TrimPrefix(attribute, "data-")
	name = name[strings.IndexByte(name, ':')+1:] // xlink:href
	switch name {
	case "action", "background", "cite", "data", "formaction", "href", "icon", "longdesc", "manifest", "poster":
		return address
	case "style", "srcdoc", "srcset", "imagesrcset", "ping", "archive", "codebase", "classid", "usemap", "profile":
		return program
	}
	switch {
	case strings.HasPrefix(name, "on"), strings.HasPrefix(attribute, "xmlns"):
		return program
	case strings.Contains(name, "src"), strings.Contains(name, "uri"), strings.Contains(name, "url"):
		return address
	}
	return words
}
