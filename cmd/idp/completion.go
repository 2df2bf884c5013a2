package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

var completionCommand = command{
	name:    "completion",
	words:   "SHELL",
	summary: "print completion for bash, zsh or fish",
	help: `Made of the table of commands, with their flags.

In ~/.bashrc:                      source <(idp completion bash)
In ~/.zshrc, after compinit:       source <(idp completion zsh)
In ~/.config/fish/config.fish:     idp completion fish | source

Example: idp completion bash > /etc/bash_completion.d/idp
`,
	about: func(e env, flags *flag.FlagSet, args []string, all []command) error {
		words, err := parseWords(flags, args, "SHELL")
		if err != nil {
			return err
		}
		return complete(e, words[0], describe(all))
	},
}

func complete(e env, shell string, all []described) error {
	shells := map[string]func([]described) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	script, ok := shells[shell]
	if !ok {
		return wrongly("there is no completion for %q; there is for bash, zsh and fish", shell)
	}
	_, err := fmt.Fprint(e.out, script(all))
	return err
}

// firstWords are the words that may follow idp, and what may follow each; "" for a
// command of one word.
func firstWords(all []described) (groups []string, rests map[string][]string) {
	rests = map[string][]string{}
	for _, d := range all {
		group, rest := groupOf(d.name)
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		if rest != "" {
			rests[group] = append(rests[group], rest)
		}
	}
	slices.Sort(groups)
	return groups, rests
}

// bashCompletion chooses by the command in front: its second word, its flags, or a
// file behind a flag that takes one.
func bashCompletion(all []described) string {
	groups, rests := firstWords(all)
	var b strings.Builder
	b.WriteString("# bash completion for idp\n_idp() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n  case $prev in\n")
	fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n  esac\n", strings.Join(fileFlags(all), "|"))
	fmt.Fprintf(&b, "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W '%s help' -- \"$cur\")); return\n  fi\n", strings.Join(groups, " "))
	b.WriteString("  if [ \"$COMP_CWORD\" -eq 2 ]; then\n    case ${COMP_WORDS[1]} in\n")
	for _, g := range groups {
		if len(rests[g]) > 0 {
			fmt.Fprintf(&b, "      %s) words='%s' ;;\n", g, strings.Join(rests[g], " "))
		}
	}
	b.WriteString("    esac\n  fi\n  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n")
	for _, two := range []bool{true, false} { // the longest name first
		for _, d := range all {
			if (strings.Contains(d.name, " ")) != two || len(d.flags) == 0 {
				continue
			}
			pattern := fmt.Sprintf("%q", d.name)
			if !two {
				pattern = fmt.Sprintf("%q*", d.name+" ")
			}
			fmt.Fprintf(&b, "    %s) words=\"$words %s\" ;;\n", pattern, strings.Join(flagNames(&d), " "))
		}
	}
	b.WriteString("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _idp idp\n")
	return b.String()
}

func flagNames(d *described) (names []string) {
	for _, f := range d.flags {
		names = append(names, "--"+f.name)
	}
	return names
}

// fileFlags are the flags whose value is a file.
func fileFlags(all []described) (names []string) {
	for _, d := range all {
		for _, f := range d.flags {
			if f.file && !slices.Contains(names, "--"+f.name) {
				names = append(names, "--"+f.name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func zshCompletion(all []described) string {
	groups, rests := firstWords(all)
	var b strings.Builder
	b.WriteString("#compdef idp\n_idp() {\n  local -a words_ flags_\n  if (( CURRENT == 2 )); then\n    words_=(")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n      %s", zshItem(g, groupSummary(all, g)))
	}
	b.WriteString("\n    )\n    _describe command words_\n    return\n  fi\n  if (( CURRENT == 3 )); then\n    case $words[2] in\n")
	for _, g := range groups {
		if len(rests[g]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "      %s) words_=(", g)
		for _, d := range all {
			if group, rest := groupOf(d.name); group == g && rest != "" {
				b.WriteString(" " + zshItem(rest, d.summary))
			}
		}
		b.WriteString(" ); _describe command words_ ;;\n")
	}
	b.WriteString("    esac\n  fi\n  case \"$words[2] $words[3]\" in\n")
	for _, two := range []bool{true, false} {
		for _, d := range all {
			if strings.Contains(d.name, " ") != two || len(d.flags) == 0 {
				continue
			}
			pattern := fmt.Sprintf("%q", d.name)
			if !two {
				pattern = fmt.Sprintf("%q*", d.name+" ")
			}
			fmt.Fprintf(&b, "    %s) flags_=(", pattern)
			for _, f := range d.flags {
				b.WriteString(" " + zshFlag(&f))
			}
			b.WriteString(" ) ;;\n")
		}
	}
	b.WriteString("  esac\n  _arguments -s $flags_ '*:: :_default'\n}\nif [ \"$funcstack[1]\" = _idp ]; then _idp \"$@\"; else compdef _idp idp; fi\n")
	return b.String()
}

func groupSummary(all []described, group string) string {
	var of []string
	for _, d := range all {
		if d.name == group {
			return d.summary
		}
		if g, rest := groupOf(d.name); g == group {
			of = append(of, rest)
		}
	}
	return strings.Join(of, ", ")
}

// quoted is a text between single quotes of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func zshItem(word, summary string) string {
	return quoted(strings.ReplaceAll(word, ":", `\:`) + ":" + summary)
}

func zshFlag(f *flagInfo) string {
	plain := strings.NewReplacer("[", "(", "]", ")", ":", " -", "\\", "").Replace(f.usage)
	s := "--" + f.name + "[" + plain + "]"
	switch {
	case f.file:
		s += ":file:_files"
	case f.value != "":
		s += ":" + f.value + ": "
	}
	return quoted(s)
}

func fishCompletion(all []described) string {
	groups, _ := firstWords(all)
	var b strings.Builder
	b.WriteString("# fish completion for idp\ncomplete -c idp -f\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "complete -c idp -n __fish_use_subcommand -a %s -d %s\n", g, fishQuoted(groupSummary(all, g)))
	}
	for _, d := range all {
		group, rest := groupOf(d.name)
		seen := "__fish_seen_subcommand_from " + group
		if rest != "" {
			fmt.Fprintf(&b, "complete -c idp -n '%s; and test (count (commandline -opc)) -eq 2' -a %s -d %s\n", seen, rest, fishQuoted(d.summary))
			seen += "; and __fish_seen_subcommand_from " + rest
		}
		for _, f := range d.flags {
			takes := ""
			switch {
			case f.file:
				takes = " -r -F"
			case f.value != "":
				takes = " -x"
			}
			fmt.Fprintf(&b, "complete -c idp -n '%s' -l %s%s -d %s\n", seen, f.name, takes, fishQuoted(f.usage))
		}
	}
	return b.String()
}

func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
