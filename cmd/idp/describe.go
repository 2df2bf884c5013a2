package main

import (
	"context"
	"flag"
	"io"
	"strings"
)

// described is a command as completion, manual and documentation show it.
type described struct {
	command
	flags []flagInfo
}

// flagInfo is one flag of a command.
type flagInfo struct {
	name, value string // value is "" for a flag that takes none
	usage       string
	initial     string // "" for none
	file        bool   // its value is a file
}

// describe asks each command for its flags, in the way that a person does: with -h,
// which every command reads before it does anything.
func describe(commands []command) []described {
	all := make([]described, len(commands))
	for i, c := range commands {
		all[i].command = c
		flags := flag.NewFlagSet("idp "+c.name, flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		flags.Usage = func() {}
		e := env{strings.NewReader(""), io.Discard, io.Discard, func(string) string { return "" }}
		_ = c.call(context.Background(), e, flags, []string{"-h"}, nil) // flag.ErrHelp
		flags.VisitAll(func(f *flag.Flag) {
			value, usage := flag.UnquoteUsage(f)
			if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
				value = ""
			}
			initial := f.DefValue
			if initial == "false" || initial == "0" {
				initial = ""
			}
			all[i].flags = append(all[i].flags, flagInfo{f.Name, value, usage, initial, value == "file"})
		})
	}
	return all
}

// groupOf is the first word of a command's name, and rest what follows it.
func groupOf(name string) (group, rest string) {
	group, rest, _ = strings.Cut(name, " ")
	return group, rest
}

// synopsis is how a command is called, without "idp".
func (d *described) synopsis() string {
	s := d.name
	if d.words != "" {
		s += " " + d.words
	}
	if len(d.flags) > 0 {
		s += " [flags]"
	}
	return s
}

// parts splits the help into its paragraphs and its example.
func (d *described) parts() (text []string, example string) {
	for p := range strings.SplitSeq(strings.TrimSpace(d.help), "\n\n") {
		if e, ok := strings.CutPrefix(p, "Example: "); ok {
			example = e
		} else if e, ok := strings.CutPrefix(p, "Example, "); ok {
			example = e
		} else {
			text = append(text, p)
		}
	}
	return text, example
}
