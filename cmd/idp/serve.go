package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/logs"
)

var serveCommand = command{
	name:    "serve",
	summary: "run the provider",
	help: `Reads the configuration, brings the database up to date and serves until it is
stopped. Several processes may serve from one PostgreSQL.

Example: idp serve --config /etc/idp/idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		log, flush := logger(e.err, cfg.Log)
		defer flush()
		a, err := app.New(ctx, cfg, app.Options{Log: log})
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", cfg.Listen)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", cfg.Listen, err)
		}
		go debug.FreeOSMemory() // what starting needed, migrations above all, serving does not
		var admin net.Listener
		if cfg.Admin.On() {
			if admin, err = net.Listen("tcp", cfg.Admin.Listen); err != nil {
				return fmt.Errorf("listen on %s: %w", cfg.Admin.Listen, err)
			}
			log.Info("administering", "listen", admin.Addr().String())
		}
		log.Info("serving", "issuer", cfg.Issuer, "listen", l.Addr().String(), "clients", len(cfg.Declared))
		return a.ServeBoth(ctx, l, admin)
	},
}

// configured parses --config and loads the file.
func configured(e env, flags *flag.FlagSet, args []string) (*config.Config, error) {
	cfg, _, err := configuredWords(e, flags, args)
	return cfg, err
}

// configuredWords does so for a command that takes words beside its flags.
func configuredWords(e env, flags *flag.FlagSet, args []string, names ...string) (*config.Config, []string, error) {
	path := flags.String("config", "idp.yaml", "the configuration `file`")
	words, err := parseWords(flags, args, names...)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := config.Load(*path, e.getenv)
	return cfg, words, err
}

// logger makes the logger that the configuration asks for. flush comes last.
func logger(w io.Writer, l config.Log) (log *slog.Logger, flush func()) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.Level)) // the configuration accepts only levels that slog knows
	return logs.New(w, level, l.Format)
}
