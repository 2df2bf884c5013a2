package main

import (
	"context"
	"flag"

	"idp/internal/admin"
)

// listing is how a command prints a list: as a table, or with --json.
type listing[T any] struct {
	heading string // columns, with tabs between them
	row     func(*T) []string
	json    func(*T) any
}

func (l listing[T]) print(e env, asJSON bool, all []T) error {
	if asJSON {
		out := make([]any, len(all))
		for i := range all {
			out[i] = l.json(&all[i])
		}
		return printJSON(e, out)
	}
	rows := make([][]string, len(all))
	for i := range all {
		rows[i] = l.row(&all[i])
	}
	return table(e, l.heading, rows)
}

// ofPerson is a command that lists what there is of one person.
func ofPerson[T any](name, summary string, list func(*admin.Service, context.Context, string) ([]T, error), l listing[T]) command {
	return command{
		name: name, words: "USER", summary: summary, help: "Example: idp " + name + " ada@example.com --config idp.yaml\n",
		run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
			asJSON := jsonFlag(flags)
			cfg, words, err := configuredWords(e, flags, args, "USER")
			if err != nil {
				return err
			}
			return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
				all, err := list(s, ctx, words[0])
				if err != nil {
					return err
				}
				return l.print(e, *asJSON, all)
			})
		},
	}
}

// least refuses a number of things that is none: 0 would stand for another.
func least(flag string, n, few int) error {
	if n < few {
		return wrongly("%s must be %d or more", flag, few)
	}
	return nil
}
