package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/storage"
)

var configCheckCommand = command{
	name:    "config check",
	summary: "check a configuration and show what it would change",
	help: `Reports every fault at once, each with its file and line. If there is none, shows
which clients the next start or reload would add, change or disable. Changes nothing.
A warning is about what is good, but most likely not meant.

--explain lists every setting instead, with the place that it comes from: file:line,
or default. Of secrets it says only that they are set.

Example: idp config check --config idp.yaml
         idp config check --config idp.yaml --explain
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		explain := flags.Bool("explain", false, "list every setting and where it comes from")
		asJSON := flags.Bool("json", false, "with --explain: print JSON")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		if *asJSON && !*explain {
			return wrongly("--json needs --explain; what would change is shown by: idp config diff --json")
		}
		if _, _, err := app.Words(cfg); err != nil {
			return err
		}
		if *explain {
			return printSettings(e, cfg.Explain(), *asJSON)
		}
		for _, w := range cfg.Warnings() {
			fmt.Fprintf(e.out, "warning: %s\n", w.Error())
		}
		fmt.Fprintf(e.out, "the configuration is good: issuer %s, %s\n", cfg.Issuer, idp.Count(len(cfg.Declared), "client"))
		return withAnyStore(cfg, func(s *storage.Store) error {
			diff, err := compared(ctx, cfg, s)
			if err != nil {
				fmt.Fprintf(e.out, "its clients cannot be compared with the database: %s\n", told(err))
				return nil
			}
			for i := range diff.Change {
				diff.Change[i].Fields = nil // idp config diff shows them
			}
			printDiff(e.out, diff)
			return nil
		})
	},
}

func printSettings(e env, settings []config.Setting, asJSON bool) error {
	if asJSON {
		return printJSON(e, settings)
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Path, s.From, s.Value)
	}
	return w.Flush()
}

var configDiffCommand = command{
	name:    "config diff",
	summary: "show what a configuration would change in the database",
	help: `Compares the declared clients with the stored ones: which the next start would add,
change (with each key, before and after) or disable; a reload does what the file says
anew. Changes nothing. Of secrets and keys it says only how many there are.

Example: idp config diff --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		return withAnyStore(cfg, func(s *storage.Store) error {
			diff, err := compared(ctx, cfg, s)
			switch {
			case err != nil:
				return err
			case *asJSON:
				return printJSON(e, diff)
			case diff.Empty():
				fmt.Fprintln(e.out, "nothing would change")
			}
			printDiff(e.out, diff)
			return nil
		})
	},
}

// compared is what a start would change in the database, which must have a schema.
func compared(ctx context.Context, cfg *config.Config, s *storage.Store) (app.Diff, error) {
	schema, err := s.Schema(ctx)
	if err == nil && schema.Have == 0 {
		err = errors.New("the database has no schema yet; idp serve makes it at its start, and so does idp migrate up")
	}
	if err != nil {
		return app.Diff{}, err
	}
	return app.NewDiff(ctx, cfg, s)
}

var configSchemaCommand = command{
	name:    "config schema",
	summary: "print the JSON Schema of the configuration, for editors",
	help: `Editors with a YAML language server complete, explain and check keys with it. Name it
in the first line of idp.yaml and of included files:

# yaml-language-server: $schema=config.schema.json

Example: idp config schema > config.schema.json
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		if err := parse(flags, args); err != nil {
			return err
		}
		fmt.Fprint(e.out, config.Schema)
		return nil
	},
}

func printDiff(out io.Writer, d app.Diff) {
	for _, id := range d.Add {
		fmt.Fprintf(out, "  add      %s\n", id)
	}
	for _, c := range d.Change {
		fmt.Fprintf(out, "  change   %s\n", c.ID)
		for _, f := range c.Fields {
			fmt.Fprintf(out, "           %s: %s -> %s\n", f.Key, orNone(f.Old), orNone(f.New))
		}
	}
	for _, id := range d.Disable {
		fmt.Fprintf(out, "  disable  %s\n", id)
	}
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}
