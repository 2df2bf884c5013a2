package main

import (
	"context"
	"flag"
	"fmt"

	"idp/internal/config"
	"idp/internal/explain"
	"idp/internal/idp"
	"idp/internal/storage"
)

var explainCommand = command{
	name:    "explain",
	summary: "say why sign-ins failed, and which line to change",
	help: `Lists the last refused requests of applications, the newest first: what the request
had, what the configuration has, and what to change where. Error pages and logs show
the request's id. Kept are a week and the last 50 of each client.
docs/explain.md has more.

Example: idp explain --config idp.yaml --client notes
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		client := flags.String("client", "", "only those of the client with this `id`")
		request := flags.String("request", "", "only that of the request with this `id`")
		limit := flags.Int("limit", 20, "at most this many")
		asJSON := jsonLinesFlag(flags)
		cfg, err := configured(e, flags, args)
		if err == nil {
			err = least("--limit", *limit, 1)
		}
		if err != nil {
			return err
		}
		var failures []idp.Failure
		err = withStore(cfg, func(s *storage.Store) (err error) {
			failures, err = s.Failures(ctx, *client, *request, *limit)
			return err
		})
		if err == nil && len(failures) == 0 && *client != "" {
			err = declared(cfg, *client)
		}
		switch {
		case err != nil:
			return err
		case len(failures) == 0 && *request != "":
			return fmt.Errorf("no refused request with the id %s is kept: see the log", *request)
		}
		return printFailures(e, cfg, failures, *asJSON)
	},
}

func printFailures(e env, cfg *config.Config, failures []idp.Failure, asJSON bool) error {
	if len(failures) == 0 && !asJSON {
		fmt.Fprintln(e.out, "no refused requests in the last seven days")
		return nil
	}
	for i := range failures {
		x := explain.Of(cfg, &failures[i])
		if asJSON {
			if err := printJSONLine(e, x); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(e.out)
		}
		fmt.Fprint(e.out, x.Text())
	}
	return nil
}
