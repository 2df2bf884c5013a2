package strictyaml

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// parse is parser.ParseBytes with the limits checked between its two halves.
// The body is nil for an empty document.
func parse(lines source) (body ast.Node, at place, problem string) {
	tokens := lexer.Tokenize(lines.String())
	if tk, message := check(tokens); message != "" {
		return nil, placeOf(tk), message
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, problem = syntaxFault(tokens, err)
		return nil, at, problem
	}
	if len(file.Docs) == 0 {
		return nil, place{}, ""
	}
	return file.Docs[0].Body, place{}, ""
}

// syntaxFault takes the place from the library's error but not its text, which
// quotes the document.
func syntaxFault(tokens token.Tokens, err error) (place, string) {
	var located interface {
		error
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &located) {
		return place{1, 1}, notYAML
	}
	tk := located.GetToken()
	if tk == nil || tk.Position == nil {
		return place{1, 1}, plainWords(located.GetMessage())
	}
	if at, message := blame(tokens, tk); message != "" {
		return at, message
	}
	return placeOf(tk), plainWords(located.GetMessage())
}

func placeOf(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{1, 1}
	}
	return place{tk.Position.Line, tk.Position.Column}
}

const notYAML = "cannot be read as YAML; check indentation, quotes and brackets"

// plainWords replaces a message of the library by one that says what to do.
// Only known messages get through: some of the others quote the document.
func plainWords(message string) string {
	for _, w := range wordings {
		if strings.Contains(message, w.library) {
			return w.plain
		}
	}
	return notYAML
}

var wordings = []struct{ library, plain string }{
	{"tab character", "tab where only spaces may stand"},
	{"'\t' that cannot start", "tab where only spaces may stand"},
	{"-quoted text", "quoted text is not closed, or an escape in it is not complete"},
	{"unknown escape character", "unknown escape after a backslash; use single quotes or double the backslash"},
	{"escaped UTF-", "escape in double quotes is not complete"},
	{"surrogate", "escape in double quotes is not a character"},
	{"is a reserved character", "text starts with @ or `; quote it"},
	{"found unexpected document separator", "quoted text is not closed before the end of the document"},
	{"mapping value is not allowed", "a key stands where only a value may; check the indentation, or quote a text that holds a colon"},
	{"value is not allowed in this context", "text after the value; check the indentation and quotes"},
	{"non-map value is specified", "a value stands where a key belongs; a key ends with a colon and a space"},
	{"unexpected key name", "key is not on one line; check the line before it"},
	{"sequence entries are not allowed", "list entry (-) must start on a line of its own"},
	{"end token ']' not found", "list is not closed; ] is missing"},
	{"end token '}'", "mapping is not closed; } is missing"},
	{"',' or ']'", "comma or ] is missing in the list"},
	{"',' or '}'", "comma or } is missing in the mapping"},
	{"could not find '['", "] without a ["},
	{"could not find '{'", "} without a {"},
	{"invalid number of indent", "block of text is indented wrongly"},
	{"header option", "nothing but an indentation digit, + or - may follow | or > on its line"},
	{"multi-line content", "block of text after | or > is missing"},
	{"anchor", "anchor (&) is not supported; quote a text that starts with &"},
	{"alias", "alias (*) is not supported; quote a text that starts with *"},
	{"tag", "tag (!) is not supported; quote a text that starts with !"},
}
