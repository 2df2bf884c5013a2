package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"idp/internal/app"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/storage"
)

var rotateSecretCommand = command{
	name:    "rotate-secret",
	summary: "move what the old root secret sealed to the new one",
	help: `The root secret changes in four steps, and nobody is signed out:

 1. Make a new one (idp rotate-secret --new) and give it to every server as
    previous_secret; restart them. Now each of them can read both.
 2. Exchange the two: the new one is secret, the old one previous_secret. Restart.
 3. Run this. It seals signing keys, the key of pairwise subjects and that of the
    audit log with the new secret (servers do so at their start too) and says when
    the last refresh token ends that the old one made.
 4. After that time, leave previous_secret out. Sooner, people behind such tokens
    sign in again. If the old secret became known, do it at once.

Example: idp rotate-secret --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		fresh := flags.Bool("new", false, "print a new secret and change nothing")
		path := flags.String("config", "idp.yaml", "the configuration `file`")
		if err := parse(flags, args); err != nil {
			return err
		}
		if *fresh {
			fmt.Fprintln(e.out, secret.NewToken().Reveal())
			return nil
		}
		cfg, err := loaded(e, *path)
		if err != nil {
			return err
		}
		ctx = acting(ctx, e)
		return withStore(cfg, func(s *storage.Store) error {
			r, err := app.Reseal(ctx, cfg, s, time.Now)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s sealed with the current secret, %d of them since now\n", idp.Count(r.Keys, "key"), r.Moved)
			switch {
			case !cfg.PreviousSecret.IsSet():
				fmt.Fprintln(e.out, "previous_secret is not set; idp rotate-secret -h says how the secret is changed")
			case r.OldUntil.IsZero():
				fmt.Fprintln(e.out, "no refresh token needs the old one: previous_secret can be left out")
			default:
				fmt.Fprintf(e.out, "leave previous_secret out after %s UTC, when the last refresh token ends that it may have made\n", stamp(r.OldUntil))
			}
			return nil
		})
	},
}

var purgeCommand = command{
	name:    "purge",
	summary: "delete what expired, now",
	help: `Servers do this every hour. It works in batches beside them and may be interrupted.
Of the audit log nothing goes that somebody changed, nor what came after it, until
idp audit verify was looked into; --broken-audit gives it up then.

Example: idp purge --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		broken := flags.Bool("broken-audit", false, "delete old events of the audit log though they were changed")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		ring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		return withStore(cfg, func(s *storage.Store) error { return purge(acting(ctx, e), e, cfg, s, ring, *broken) })
	},
}

func purge(ctx context.Context, e env, cfg *config.Config, s *storage.Store, ring *secret.Keyring, broken bool) error {
	p := purging{e: e, live: terminal(env{in: e.in, out: e.err, err: e.err, getenv: e.getenv}), counts: map[string]int64{}}
	_, err := s.Purge(ctx, time.Now(), p.hear)
	if err != nil {
		return err
	}
	if ttl := cfg.Registration.UnusedTTL.Std(); cfg.Registration.Enabled && ttl > 0 {
		n, err := s.PurgeUnusedClients(ctx, time.Now().Add(-ttl), time.Now())
		if err != nil {
			return err
		}
		p.hear("clients", int64(n))
	}
	keys, err := audit.LoadKeys(ctx, s, ring)
	if err != nil {
		return err
	}
	sealer := &audit.Sealer{Store: s, Keys: keys, Now: time.Now}
	purgeAudit := sealer.Purge
	if broken {
		purgeAudit = sealer.PurgeBroken
	}
	n, err := purgeAudit(ctx, cfg.Audit.Retention.Std())
	if err != nil {
		return err
	}
	p.hear("audit_events", int64(n))
	return p.done()
}

// purging counts deleted rows and, on a terminal, shows how it goes.
type purging struct {
	e      env
	live   bool
	order  []string
	counts map[string]int64
}

func (p *purging) hear(table string, rows int64) {
	if _, known := p.counts[table]; !known {
		p.order = append(p.order, table)
	}
	p.counts[table] += rows
	if p.live {
		fmt.Fprintf(p.e.err, "\r%-20s %d\x1b[K", table, p.counts[table])
	}
}

func (p *purging) done() error {
	if p.live {
		fmt.Fprint(p.e.err, "\r\x1b[K")
	}
	rows := make([][]string, len(p.order))
	for i, t := range p.order {
		rows[i] = []string{t, fmt.Sprint(p.counts[t])}
	}
	return table(p.e, "TABLE\tROWS DELETED", rows)
}
