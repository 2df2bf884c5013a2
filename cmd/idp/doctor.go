package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/doctor"
	"idp/internal/storage"
)

var doctorCommand = command{
	name:    "doctor",
	summary: "find what keeps mails from arriving or people from signing in",
	help: `Looks at the configuration, the running server and the proxy in front of it, the
database, the clocks, the DNS records of the mail domain and the mail providers, and
says for each finding what to do. Changes nothing, and sends no mail unless told to.
Exits with 1 if it finds a problem.

With --to ADDRESS it sends a test mail by each provider. Save what arrives, with all
headers, and let it be compared with what was sent: --received FILE.

Example: idp doctor --config idp.yaml --to you@example.com
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		o, err := doctorFlags(flags, args)
		if err != nil {
			return err
		}
		report, err := o.report(ctx, e)
		if err != nil {
			return err
		}
		if o.json {
			err = report.JSON(e.out)
		} else {
			err = report.Text(e.out, terminal(e))
		}
		if n := report.Count[doctor.Problem]; err == nil && n > 0 {
			return fmt.Errorf("problems found: %d", n)
		}
		return err
	},
}

// doctorOptions are the words behind idp doctor.
type doctorOptions struct {
	config, to, received, dns string
	json, offline             bool
}

func doctorFlags(flags *flag.FlagSet, args []string) (o doctorOptions, err error) {
	flags.StringVar(&o.config, "config", "idp.yaml", "the configuration `file`")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.StringVar(&o.to, "to", "", "send a test mail by each provider to this `address`")
	flags.StringVar(&o.received, "received", "", "compare this `file`, a test mail as it arrived, with what was sent; - reads it from the input")
	flags.StringVar(&o.dns, "dns", "", "ask this DNS server (`host:port`) instead of the system's")
	flags.BoolVar(&o.offline, "offline", false, "leave out what needs more than the configuration")
	if err := parse(flags, args); err != nil {
		return o, err
	}
	if wrong := o.wrong(); wrong != "" {
		return o, calledWrongly{errors.New(wrong)}
	}
	return o, nil
}

// wrong says what does not fit together; "" if all does.
func (o doctorOptions) wrong() string {
	if o.to != "" && o.offline {
		return "--to sends mails, which --offline forbids"
	}
	if o.to != "" && o.received != "" {
		return "--to and --received are two runs, one after the other"
	}
	if a, err := netmail.ParseAddress(o.to); o.to != "" && (err != nil || a.Address != o.to) {
		return "--to must be an address, such as you@example.com"
	}
	if _, _, err := net.SplitHostPort(o.dns); o.dns != "" && err != nil {
		return "--dns must be an address and a port, such as 192.0.2.53:53"
	}
	return ""
}

// report runs what the options ask for. A configuration with faults is a finding too,
// and the only one.
func (o doctorOptions) report(ctx context.Context, e env) (*doctor.Report, error) {
	cfg, err := config.Load(o.config, e.getenv)
	if err != nil {
		return doctor.Run(ctx, []doctor.Check{doctor.Faulty(err)}), nil
	}
	if o.offline || o.received != "" {
		return o.examine(ctx, e, cfg, nil) // the database is not even opened
	}
	var report *doctor.Report
	err = withAnyStore(cfg, func(s *storage.Store) (err error) {
		report, err = o.examine(ctx, e, cfg, s)
		return err
	})
	return report, err
}

func (o doctorOptions) examine(ctx context.Context, e env, cfg *config.Config, store *storage.Store) (*doctor.Report, error) {
	subject, compose, err := app.NewDoctor(cfg, store, o.dns, time.Now)
	if err != nil {
		return nil, err
	}
	checks := append([]doctor.Check{doctor.Loaded(cfg)}, subject.Checks()...)
	switch {
	case o.received != "":
		file, err := open(e, o.received)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		checks = subject.Received(file)
	case o.to != "":
		checks = append(checks, subject.Mailbox(o.to, compose)...)
	}
	if o.offline {
		checks = doctor.Offline(checks)
	}
	return doctor.Run(ctx, checks), nil
}

func open(e env, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(e.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the mail: %w", err)
	}
	return f, nil
}

// terminal reports whether the output is one that shows colours.
func terminal(e env) bool {
	out := e.out
	if p, ok := out.(*kept); ok {
		out = p.to
	}
	f, file := out.(*os.File)
	if !file || e.getenv("NO_COLOR") != "" || strings.EqualFold(e.getenv("TERM"), "dumb") {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
