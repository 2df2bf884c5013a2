package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"idp/internal/idp"
	"idp/internal/storage"
)

var migrateUpCommand = command{
	name:    "migrate up",
	summary: "bring the database's schema up to date",
	help: `idp serve does this at its start too. Several processes may run it at once: one
applies, the others wait. With --dry-run it says what it would apply, and tries it
in a transaction that is rolled back; with --sql as well it prints the statements.

Example: idp migrate up --config idp.yaml --dry-run --sql
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		dry := flags.Bool("dry-run", false, "say and try what would be applied; change nothing")
		text := flags.Bool("sql", false, "print the statements; with --dry-run alone")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		if *text && !*dry {
			return wrongly("--sql goes with --dry-run")
		}
		return withAnyStore(cfg, func(s *storage.Store) error {
			if *dry {
				return dryRun(ctx, e.out, s, *text)
			}
			n, err := s.Migrate(ctx)
			if err == nil {
				fmt.Fprintf(e.out, "%s applied\n", idp.Count(n, "step"))
			}
			return err
		})
	},
}

// dryRun prints the pending steps and tries them.
func dryRun(ctx context.Context, w io.Writer, s *storage.Store, text bool) error {
	schema, err := s.Schema(ctx)
	if err == nil {
		err = schema.Usable()
	}
	if err != nil {
		return err
	}
	pending, err := s.Pending(ctx)
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		fmt.Fprintln(w, "nothing to apply: the schema is up to date")
		return nil
	}
	for _, st := range pending {
		beside := "no older program may run beside it"
		if st.CompatibleWith < st.Version {
			beside = fmt.Sprintf("programs that know version %d may go on beside it", st.CompatibleWith)
		}
		fmt.Fprintf(w, "would apply  %s  (%s)\n", st.Name, beside)
		if text {
			fmt.Fprintf(w, "\n%s\n\n", st.SQL)
		}
	}
	if err := s.TryMigrate(ctx); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s tried and rolled back: nothing stands in the way\n", idp.Count(len(pending), "step"))
	return nil
}
