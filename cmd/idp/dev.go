package main

import (
	"context"
	"flag"
	"log/slog"

	"idp/internal/dev"
)

var devCommand = command{
	name:    "dev",
	summary: "run everything on this machine to try it out",
	help: `Starts the provider, a mail server with an inbox page, and an application to sign
in to. Needs no configuration and keeps its data in ./.idp-dev.

Example: idp dev
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		s := dev.Settings{Dir: dev.DefaultDir()}
		flags.IntVar(&s.Port, "port", dev.DefaultPort, "port of the provider; the application, the inbox and SMTP take the three behind it")
		flags.BoolVar(&s.Reset, "reset", false, "forget all data first")
		flags.StringVar(&s.Issuer, "issuer", "", "another loopback `address` for the provider, such as http://127.0.0.1:8080")
		verbose := flags.Bool("verbose", false, "log every request")
		if err := parse(flags, args); err != nil {
			return err
		}
		level := slog.LevelWarn
		if *verbose {
			level = slog.LevelInfo
		}
		log := slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: level}))
		return dev.Run(ctx, s, e.out, log)
	},
}
