package main

import (
	"flag"
	"fmt"
	"strings"
)

var manCommand = command{
	name:    "man",
	summary: "print the manual page",
	help: `Made of the table of commands.

Example: idp man > /usr/local/share/man/man1/idp.1
`,
	about: func(e env, flags *flag.FlagSet, args []string, all []command) error {
		if err := parse(flags, args); err != nil {
			return err
		}
		_, err := fmt.Fprint(e.out, manual(describe(all)))
		return err
	},
}

// roff escapes a text of one line or more for troff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`).Replace(text)
	var b strings.Builder
	for _, r := range text {
		if r > '~' {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		} else {
			b.WriteRune(r)
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

// manual is the page for man(1).
func manual(all []described) string {
	var b strings.Builder
	b.WriteString(`.TH IDP 1 "" idp "User Commands"
.SH NAME
idp \- an OpenID Connect provider whose login is one e\-mail with a link and a code
.SH SYNOPSIS
.B idp
.I command
.RI [ flags ]
.RI [ words ]
.SH DESCRIPTION
Applications use plain OpenID Connect; people prove that they hold their mailbox.
An administrator describes the applications in a YAML file and keeps everything
else in PostgreSQL, or in an SQLite file where one process is enough.
Flags and words may stand in any order.
.SH COMMANDS
`)
	for i := range all {
		manualOf(&b, &all[i])
	}
	b.WriteString(`.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed, or found what was looked for.
.TP
.B 2
Called wrongly: a flag, a word or an id that does not exist.
.SH FILES
.TP
.I idp.yaml
The configuration;
.I config.example.yaml
explains every key.
`)
	return b.String()
}

func manualOf(b *strings.Builder, d *described) {
	fmt.Fprintf(b, ".SS \"idp %s\"\n", roff(d.synopsis()))
	summary := strings.ToUpper(d.summary[:1]) + d.summary[1:] + "."
	b.WriteString(roff(summary) + "\n")
	text, example := d.parts()
	for _, p := range text {
		if strings.Contains(p, "\n ") || strings.HasPrefix(p, " ") || strings.Contains(p, "  ") {
			b.WriteString(".PP\n.nf\n" + roff(p) + "\n.fi\n") // laid out by hand
		} else {
			b.WriteString(".PP\n" + roff(p) + "\n")
		}
	}
	for _, f := range d.flags {
		b.WriteString(".TP\n.B " + roff("--"+f.name))
		if f.value != "" {
			b.WriteString(`\fR \fI` + roff(f.value) + `\fR`)
		}
		b.WriteString("\n" + roff(sentence(&f)) + "\n")
	}
	if example != "" {
		b.WriteString(".PP\nExample:\n.PP\n.nf\n.RS\n" + roff(example) + "\n.RE\n.fi\n")
	}
}

// sentence explains a flag, with its default.
func sentence(f *flagInfo) string {
	s := f.usage
	if f.initial != "" && !strings.Contains(s, "default") {
		s += " (" + f.initial + " if it is left out)"
	}
	return s
}
