package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// colours are those of terminals, by severity.
var colours = map[Severity]string{OK: "\x1b[32m", Note: "\x1b[36m", Warning: "\x1b[33m", Problem: "\x1b[31m"}

const plainAgain = "\x1b[0m"

// Text writes the report for people: one line for each finding, under the name of its
// check, and what to do below it.
func (r *Report) Text(w io.Writer, coloured bool) error {
	width := 0
	for _, f := range r.Findings {
		width = max(width, utf8.RuneCountInString(f.Check))
	}
	var b strings.Builder
	last := ""
	for _, f := range r.Findings {
		name := f.Check
		if name == last {
			name = ""
		}
		last = f.Check
		word := fmt.Sprintf("%-8s", f.Severity)
		if coloured {
			word = colours[f.Severity] + word + plainAgain
		}
		fmt.Fprintf(&b, "%-*s  %s %s\n", width, name, word, printable(f.Seen))
		if f.Fix != "" {
			fmt.Fprintf(&b, "%*s  %8s → %s\n", width, "", "", printable(f.Fix))
		}
	}
	fmt.Fprintf(&b, "\n%d ok, %d notes, %d warnings, %d problems\n", r.Count[OK], r.Count[Note], r.Count[Warning], r.Count[Problem])
	_, err := io.WriteString(w, b.String())
	return err
}

// printable keeps what others wrote, such as DNS records and mails, from steering the
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
