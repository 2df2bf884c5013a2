package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"idp/internal/app"
	"idp/internal/bounce"
	"idp/internal/idp"
	"idp/internal/storage"
)

var mailBounceCommand = command{
	name:    "mail bounce",
	summary: "take a mail that another mail server sent back",
	help: `Reads one mail. If it reports that a letter of this server came back or is late,
the waiting page of that letter says so, and an address whose mailbox refuses for
good gets one letter a day until its owner signs in. Every other mail is left
alone, with exit code 0, so that a mail server's alias does not answer it. With
exit code 75, while the database is away for one, the mail server keeps the mail.

The mail server must run it as a user who reads the configuration: docs/mail.md.

Example, for Postfix, in master.cf: ... user=idp argv=/usr/local/bin/idp mail bounce --config /etc/idp/idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		err := takeReturned(ctx, e, flags, args)
		if err != nil && !errors.As(err, new(calledWrongly)) && !errors.Is(err, flag.ErrHelp) {
			err = keepMail{err}
		}
		return err
	},
}

func takeReturned(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
	cfg, err := configured(e, flags, args)
	if err != nil {
		return err
	}
	ring, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	reports, err := bounce.Parse(e.in)
	if errors.Is(err, bounce.ErrNoReport) {
		fmt.Fprintln(e.out, "this is no report of a mail server")
		return nil
	}
	if err != nil {
		return err
	}
	return withStore(cfg, func(s *storage.Store) error {
		desk := &bounce.Desk{Store: s, Keys: ring, Now: time.Now}
		for _, r := range reports {
			switch err := desk.Take(ctx, r); {
			case errors.Is(err, bounce.ErrForeign):
				fmt.Fprintln(e.out, "this is not about a letter of this server")
			case err != nil:
				return err
			default:
				fmt.Fprintf(e.out, "taken: %s %s\n", r.Action, r.Status)
			}
		}
		return nil
	})
}

var mailUnbounceCommand = command{
	name:    "mail unbounce",
	words:   "ADDRESS",
	summary: "let letters to an address through again",
	help: `Takes back the mark of an address whose mailbox refused a letter for good.

Example: idp mail unbounce --config idp.yaml ada@example.com
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, words, err := configuredWords(e, flags, args, "ADDRESS")
		if err != nil {
			return err
		}
		email, err := typedAddress(cfg, words[0])
		if err != nil {
			return err
		}
		return withStore(cfg, func(s *storage.Store) error {
			err := s.Unbounce(acting(ctx, e), email, time.Now())
			if errors.Is(err, idp.ErrNotFound) {
				fmt.Fprintln(e.out, "the address had no mark")
				return nil
			}
			if err == nil {
				fmt.Fprintln(e.out, "the mark is gone")
			}
			return err
		})
	},
}
