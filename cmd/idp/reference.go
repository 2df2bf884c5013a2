package main

import (
	"fmt"
	"strings"
)

// reference is docs/commands.md: the table of commands for people who read the
// documentation.
func reference(all []described) string {
	var b strings.Builder
	b.WriteString(`# Commands

Made of the table of commands: ` + "`go test ./cmd/idp -run Reference -update`" + ` writes it anew.

Flags and words may stand in any order. Every command explains itself with ` + "`-h`" + `, or by ` + "`idp help COMMAND`" + `. Exit codes: 0 done, 1 failed, 2 called wrongly (a
flag, a word or an id that does not exist; one line says which). Tables are for people; ` + "`--json`" + ` is for scripts, and its names stay.
What ends something asks on a terminal; elsewhere it needs ` + "`--yes`" + `. Everything that a command changes is in the audit log
with ` + "`admin:<user>@<host>`" + ` as its actor: [audit.md](audit.md).

A person is named by their address or by the id of their user. Commands work on the database, beside running servers, which see what
changed at once.

` + "`idp completion bash|zsh|fish`" + ` prints completion for a shell, ` + "`idp man`" + ` the manual page.

`)
	for i := range all {
		fmt.Fprintf(&b, "- [`idp %s`](#%s): %s\n", all[i].name, anchor("idp "+all[i].synopsis()), all[i].summary)
	}
	for i := range all {
		d := &all[i]
		fmt.Fprintf(&b, "\n## `idp %s`\n\n%s.\n", d.synopsis(), strings.ToUpper(d.summary[:1])+d.summary[1:])
		text, example := d.parts()
		for _, p := range text {
			if strings.Contains(p, "\n ") || strings.HasPrefix(p, " ") || strings.Contains(p, "  ") {
				fmt.Fprintf(&b, "\n```\n%s\n```\n", p)
			} else {
				fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(p))
			}
		}
		if example != "" {
			fmt.Fprintf(&b, "\n```\n%s\n```\n", example)
		}
		if len(d.flags) > 0 {
			b.WriteString("\n| flag | |\n|---|---|\n")
		}
		for _, f := range d.flags {
			name := "--" + f.name
			if f.value != "" {
				name += " " + f.value
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", name, strings.ReplaceAll(escapeMarkdown(sentence(&f)), "|", `\|`))
		}
	}
	return b.String()
}

func escapeMarkdown(text string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`, "[", `\[`).Replace(text)
}

// anchor is the address of a heading on the page.
func anchor(heading string) string {
	keep := func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}
	return strings.Map(keep, strings.ToLower(heading))
}
