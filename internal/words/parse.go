package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Fault is a mistake in a file of words.
type Fault struct {
	File    string
	Line    int // 0 if it is about the whole file
	Message string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Faults are all mistakes that were found.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

func (f Faults) orNil() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return f
}

// parse reads a file of words.
func parse(file, text string) (map[string]*entry, Faults) {
	entries, faults := map[string]*entry{}, Faults(nil)
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if message := parseLine(entries, line, n); message != "" {
			faults = append(faults, Fault{file, n, message})
		}
	}
	return entries, faults
}

// parseLine adds one line; it returns what is wrong with it.
func parseLine(entries map[string]*entry, line string, n int) string {
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return "a line reads: key = words"
	}
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	key, formName, plurals := strings.Cut(strings.TrimSuffix(key, "]"), "[")
	if key == "" || value == "" {
		return "a line reads: key = words"
	}
	parts, ok := split(value)
	if !ok {
		return key + ": a brace or a star has no partner"
	}
	e := entries[key]
	if e == nil {
		e = &entry{line: n}
		entries[key] = e
	}
	if !plurals {
		if e.one != nil || e.forms != nil {
			return key + " stands there twice"
		}
		e.one = parts
		return ""
	}
	f, known := formNames[formName]
	if !known {
		return fmt.Sprintf("%s: there is no form %q", key, formName)
	}
	if _, twice := e.forms[f]; twice || e.one != nil {
		return key + " stands there twice"
	}
	if e.forms == nil {
		e.forms = map[plural.Form][]part{}
	}
	e.forms[f] = parts
	return ""
}

// compare checks entries against the reference. If they are a whole language,
// nothing may be missing either.
func compare(file string, entries, reference map[string]*entry, tag language.Tag, whole bool) (faults Faults) {
	say := func(line int, format string, args ...any) {
		faults = append(faults, Fault{file, line, fmt.Sprintf(format, args...)})
	}
	forms := formsOf(tag)
	for key, e := range entries {
		ref, known := reference[key]
		if !known {
			say(e.line, "there is no phrase %s", key)
			continue
		}
		if (e.forms == nil) != (ref.forms == nil) {
			say(e.line, "%s: forms in brackets belong to phrases that count, and to no others", key)
			continue
		}
		if want, got := ref.places(), e.places(); !slices.Equal(want, got) {
			say(e.line, "%s has the places %v, want %v", key, got, want)
		}
		if e.forms == nil {
			if n := len(strings.Fields(e.plain())); key == "months" && n != 12 {
				say(e.line, "months are %d words, want 12", n)
			}
			continue
		}
		for _, name := range forms {
			if _, ok := e.forms[formNames[name]]; !ok {
				say(e.line, "%s lacks the form %s", key, name)
			}
		}
	}
	for key := range reference {
		if _, ok := entries[key]; !ok && whole {
			say(0, "the phrase %s is missing", key)
		}
	}
	return faults
}
