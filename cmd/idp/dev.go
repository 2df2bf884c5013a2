package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/url"

	"idp/internal/config"
	"idp/internal/dev"
)

var devCommand = command{
	name:    "dev",
	summary: "run everything on this machine to try it out",
	help: `Starts the provider, a mail server with an inbox page, and an application to sign
in to. Needs no configuration and keeps its data in ./.idp-dev; beside another one, with
another --port, in a directory of its own below.

Example: idp dev --clients examples/go/client.yaml
         idp dev --open-clients --resource http://localhost:3000/mcp
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		var s dev.Settings
		flags.IntVar(&s.Port, "port", dev.DefaultPort, "port of the provider; the application, the inbox and SMTP take the three behind it")
		flags.BoolVar(&s.Reset, "reset", false, "forget all data first")
		flags.StringVar(&s.Issuer, "issuer", "", "another loopback `address` for the provider, such as http://127.0.0.1:8080")
		var clients []string
		flags.Func("clients", "a YAML `file` of more applications, written as in a configuration; see examples/ (may be repeated)", func(path string) error {
			clients = append(clients, path)
			return nil
		})
		flags.BoolVar(&s.OpenClients, "open-clients", false, "let applications in that nobody declared, such as agents: by metadata document, or by registration without a token")
		flags.Func("resource", "an `address` that tokens of such applications may be for, such as an MCP server (may be repeated)", func(address string) error {
			if u, err := url.Parse(address); err != nil || !u.IsAbs() || u.Fragment != "" {
				return errors.New("must be an absolute address without a fragment")
			}
			s.Resources = append(s.Resources, address)
			return nil
		})
		verbose := flags.Bool("verbose", false, "log every request")
		if err := parse(flags, args); err != nil {
			return err
		}
		if most := 1<<16 - 4; s.Port < 1 || s.Port > most {
			return wrongly("--port must be from 1 to %d, for the three behind it", most)
		}
		s.Dir = dev.DefaultDir(s.Port)
		if len(s.Resources) > 0 && !s.OpenClients {
			return wrongly("--resource is for applications that nobody declared: add --open-clients")
		}
		for _, path := range clients {
			more, err := config.LoadClients(path, e.getenv)
			if err != nil {
				return err
			}
			s.Clients = append(s.Clients, more...)
		}
		level := slog.LevelWarn
		if *verbose {
			level = slog.LevelInfo
		}
		log := slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: level}))
		return dev.Run(ctx, s, e.out, log)
	},
}
