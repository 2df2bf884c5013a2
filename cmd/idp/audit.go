package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/audit"
)

type eventJSON struct {
	ID      string          `json:"id"`
	Seq     int64           `json:"seq,omitempty"`
	At      time.Time       `json:"at"`
	Name    audit.Name      `json:"name"`
	Actor   string          `json:"actor"`
	Subject string          `json:"subject,omitempty"`
	Email   string          `json:"email,omitempty"`
	Client  string          `json:"client,omitempty"`
	IP      string          `json:"ip,omitempty"`
	Request string          `json:"request,omitempty"`
	Result  string          `json:"result"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// printEvent writes one line: JSON, or what a person reads.
func printEvent(e env, s *audit.Seen, asJSON bool) error {
	if asJSON {
		detail := json.RawMessage(s.Detail)
		if s.Detail != "" && !json.Valid(detail) { // written by nobody of ours; what follows is shown all the same
			detail, _ = json.Marshal(map[string]string{"text": s.Detail})
		}
		return printJSONLine(e, eventJSON{s.ID, s.Seq, s.At, s.Name, s.Actor, s.Subject, s.Email, s.Client, s.IP, s.RequestID, s.Result, detail})
	}
	whom := s.Email
	if whom == "" {
		whom = s.Subject
	}
	line := fmt.Sprintf("%s  %-20s %-18s", s.At.Format(time.DateTime), s.Name, s.Result)
	for _, f := range []struct{ name, value string }{{"user", whom}, {"client", s.Client}, {"by", by(s)}, {"ip", s.IP}, {"request", s.RequestID}, {"", s.Detail}} {
		if f.value != "" {
			line += " " + strings.TrimPrefix(f.name+"="+f.value, "=")
		}
	}
	_, err := fmt.Fprintln(e.out, plain(line))
	return err
}

// by is the actor, if it is not whom the event is about.
func by(s *audit.Seen) string {
	if s.Actor == s.Subject {
		return ""
	}
	return s.Actor
}

var auditTailCommand = command{
	name:    "audit tail",
	summary: "show what happened last",
	help: `With --follow, and what happens from now on. Times are UTC; docs/audit.md lists the
names.

Example: idp audit tail --config idp.yaml --follow
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		n := flags.Int("n", 20, "so many events")
		follow := flags.Bool("follow", false, "go on until interrupted")
		asJSON := jsonLinesFlag(flags)
		cfg, err := configured(e, flags, args)
		if err == nil {
			err = least("-n", *n, 0)
		}
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			t := tail{
				events: func(q audit.Query) ([]audit.Seen, error) { return s.Events(ctx, "", q) },
				print:  func(one *audit.Seen) error { return printEvent(e, one, *asJSON) },
				seen:   map[string]bool{}, now: time.Now,
			}
			if err := t.last(*n); err != nil || !*follow {
				return err
			}
			return t.follow(ctx, time.Now())
		})
	},
}

var auditSearchCommand = command{
	name:    "audit search",
	summary: "find what happened",
	help: `The newest first, 100 at a time: --before goes on behind the last one.

Example: idp audit search --config idp.yaml --user ada@example.com --name login --since 7d
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		var q audit.Query
		who := flags.String("user", "", "about this `person`")
		flags.StringVar(&q.Name, "name", "", "with this `name`, or its first part, such as login")
		flags.StringVar(&q.Actor, "actor", "", "done by this `actor`, as events show it")
		flags.StringVar(&q.Client, "client", "", "of the application with this `id`")
		flags.StringVar(&q.Result, "result", "", "with this `result`")
		flags.StringVar(&q.IP, "ip", "", "from this `address`")
		flags.StringVar(&q.RequestID, "request", "", "of the request with this `id`, which pages and logs show")
		flags.StringVar(&q.Before, "before", "", "made before the event with this `id`")
		flags.IntVar(&q.Limit, "limit", 100, "at most so many")
		since := flags.String("since", "", "made since then: a `time` such as 2026-01-31T10:00:00Z, or a span such as 7d")
		until := flags.String("until", "", "made before then: a `time` or span, as for --since")
		asJSON := jsonLinesFlag(flags)
		cfg, err := configured(e, flags, args)
		if err == nil {
			err = least("--limit", q.Limit, 1)
		}
		if err != nil {
			return err
		}
		if q.Since, err = moments("--since", *since, time.Now()); err != nil {
			return err
		}
		if q.Until, err = moments("--until", *until, time.Now()); err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			events, err := s.Events(ctx, *who, q)
			for i := range events {
				if err == nil {
					err = printEvent(e, &events[i], *asJSON)
				}
			}
			return err
		})
	},
}
