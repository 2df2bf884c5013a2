package words

import (
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// part is a piece of a phrase: text, the place of an argument, or a tag of
// stress.
type part struct {
	text   string
	place  string
	stress bool
}

// entry is one key of a catalogue: one pattern, or one for each form of a plural.
type entry struct {
	line  int
	one   []part
	forms map[plural.Form][]part
}

// pattern is the one to say for args.
func (e *entry) pattern(w *Words, args []any) []part {
	if e.forms == nil {
		return e.one
	}
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i+1].(int); ok && args[i] == "n" {
			if found, ok := e.forms[formOf(w.tag, n)]; ok {
				return found
			}
		}
	}
	return e.forms[plural.Other]
}

// formOf is the form that a language uses for n things.
func formOf(tag language.Tag, n int) plural.Form {
	return plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)
}

// formNames are the forms as the files and the CLDR write them.
var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// formsOf lists the forms that a language has for whole numbers.
func formsOf(tag language.Tag) []string {
	const enough = 200 // no language's forms begin later, but for millions
	found := []string{"other"}
	for name, f := range formNames {
		for n := range enough {
			if formOf(tag, n) == f && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}

// split takes a line's words apart. It reports false if a brace or a star has no
// partner.
func split(text string) (parts []part, ok bool) {
	stressed := false
	for text != "" {
		i := strings.IndexAny(text, "{}*")
		if i < 0 {
			parts = append(parts, part{text: text})
			break
		}
		if i > 0 {
			parts = append(parts, part{text: text[:i]})
		}
		switch text[i] {
		case '{':
			end := strings.IndexByte(text[i:], '}')
			if end < 2 {
				return nil, false
			}
			parts = append(parts, part{place: text[i+1 : i+end]})
			i += end
		case '*':
			tag := "<strong>"
			if stressed {
				tag = "</strong>"
			}
			stressed = !stressed
			parts = append(parts, part{text: tag, stress: true})
		default:
			return nil, false
		}
		text = text[i+1:]
	}
	return parts, !stressed
}

// plain is the text of an entry without forms, its places left out.
func (e *entry) plain() string {
	var b strings.Builder
	for _, p := range e.one {
		b.WriteString(p.text)
	}
	return b.String()
}

// places are the names in braces, sorted, each once.
func (e *entry) places() []string {
	var names []string
	add := func(parts []part) {
		for _, p := range parts {
			if p.place != "" {
				names = append(names, p.place)
			}
		}
	}
	add(e.one)
	for _, f := range e.forms {
		add(f)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
