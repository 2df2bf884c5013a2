package main

import (
	"context"
	"fmt"
	"strings"

	"idp/internal/spelling"
)

// help is idp help, with or without the name of a command or what several begin with.
func help(ctx context.Context, args []string, e env) int {
	if len(args) == 0 {
		usage(e.out, commands)
		return 0
	}
	if cmd, _, ok := find(args); ok {
		return dispatch(ctx, append(strings.Fields(cmd.name), "-h"), e)
	}
	if some := relatives(args[0]); len(some) > 0 {
		usage(e.out, some)
		return 0
	}
	fmt.Fprintf(e.err, "idp: %s\n", unknown(args))
	return exitUsage
}

// relatives are the commands of two words whose first one is this.
func relatives(word string) (out []command) {
	for _, c := range commands {
		if strings.HasPrefix(c.name, word+" ") {
			out = append(out, c)
		}
	}
	return out
}

// unknown says what there is in place of a command that is not there.
func unknown(args []string) string {
	typed := args[0]
	if len(args) > 1 && !strings.HasPrefix(args[1], "-") {
		typed += " " + args[1]
	}
	some := relatives(args[0])
	if len(some) > 0 && typed == args[0] {
		return fmt.Sprintf("%s is the first word of: %s", typed, spelledOut(some))
	}
	near := meant(typed)
	if near == "" && len(some) == 0 {
		typed = args[0] // what follows may be words of a command
		near = meant(typed)
	}
	switch {
	case near != "":
		return fmt.Sprintf("there is no command %q; did you mean: idp %s", typed, near)
	case len(some) > 0:
		return fmt.Sprintf("there is no command %q; there are: %s", typed, spelledOut(some))
	}
	return fmt.Sprintf("there is no command %q; see: idp help", typed)
}

func spelledOut(some []command) string {
	all := make([]string, len(some))
	for i, c := range some {
		all[i] = "idp " + c.name
	}
	return strings.Join(all, ", ")
}

// meant is the command, or the first word of some, that is most like what was typed; ""
// if none is like it.
func meant(typed string) string {
	var all []string
	for _, c := range commands {
		first, _ := groupOf(c.name)
		all = append(all, c.name, first)
	}
	near := spelling.Nearest(typed, all)
	if d := spelling.Distance(typed, near); d > 2 || d >= len(typed)/2 {
		return ""
	}
	return near
}
