package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/logs"
)

var serveCommand = command{
	name:    "serve",
	summary: "run the provider",
	help: `Reads the configuration, brings the database up to date and serves until it is
stopped. Several processes may serve from one PostgreSQL.

When the file changes, one that it includes, or one that it names (a secret, a
certificate), it is read again, and put in force if it is good; SIGHUP asks for that
at once. docs/configuration.md says what needs a restart.

Example: idp serve --config /etc/idp/idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		level := new(slog.LevelVar)
		_ = level.UnmarshalText([]byte(cfg.Log.Level)) // the configuration accepts only levels that slog knows
		log, flush := logs.New(e.err, level, cfg.Log.Format)
		defer flush()
		follow := &app.Follow{File: config.OpenFile(flags.Lookup("config").Value.String(), e.getenv), Now: hangups(ctx)}
		// A process that could not serve changes nothing first: its clients may be others.
		if err := free(cfg); err != nil {
			return err
		}
		app.Warn(log, cfg.Warnings())
		a, err := app.New(ctx, cfg, app.Options{Log: log, Level: level, Follow: follow})
		if err != nil {
			return err
		}
		l, err := listen("listen", cfg.Listen)
		if err != nil {
			return err
		}
		go giveBack()
		var admin net.Listener
		if cfg.Admin.On() {
			if admin, err = listen("admin.listen", cfg.Admin.Listen); err != nil {
				return err
			}
			log.Info("administering", "listen", admin.Addr().String())
		}
		log.Info("serving", "version", app.Version(), "issuer", cfg.Issuer, "listen", l.Addr().String(), "clients", len(cfg.Declared))
		return a.ServeBoth(ctx, l, admin)
	},
}

// free reports whether both addresses can be listened on.
func free(c *config.Config) error {
	l, err := listen("listen", c.Listen)
	if err == nil {
		err = l.Close()
	}
	if err == nil && c.Admin.On() {
		if l, err = listen("admin.listen", c.Admin.Listen); err == nil {
			err = l.Close()
		}
	}
	return err
}

// listen takes an address, or names the setting that it comes from.
func listen(setting, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %s is in use: stop what uses it, or say another address", setting, address)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return l, nil
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
	cfg, err := loaded(e, *path)
	return cfg, words, err
}

// typedAddress is a mail address that was typed.
func typedAddress(cfg *config.Config, text string) (string, error) {
	email, err := cfg.ParseAddress(text)
	if err != nil {
		return "", calledWrongly{fmt.Errorf("%q: %w", text, err)}
	}
	return email, nil
}

// hangups passes SIGHUP on until ctx ends. Several in a row may become one.
func hangups(ctx context.Context) <-chan struct{} {
	signals, out := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			select {
			case out <- struct{}{}:
			default: // one waits already
			}
		}
	}()
	return out
}
