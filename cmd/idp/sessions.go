package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/browser"
)

type sessionJSON struct {
	ID         string     `json:"id"`
	UserID     string     `json:"user"`
	CreatedAt  *time.Time `json:"created_at"`
	LastSeenAt *time.Time `json:"last_seen_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	IP         string     `json:"ip"`
	UserAgent  string     `json:"user_agent"`
}

var sessionsListCommand = command{
	name:    "sessions list",
	words:   "USER",
	summary: "list where a person is signed in",
	help:    "Example: idp sessions list ada@example.com --config idp.yaml\n",
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "USER")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			all, err := s.Sessions(ctx, words[0])
			if err != nil {
				return err
			}
			if *asJSON {
				out := make([]sessionJSON, len(all))
				for i, one := range all {
					out[i] = sessionJSON{one.ID, one.UserID, moment(one.CreatedAt), moment(one.LastSeenAt), moment(one.ExpiresAt), one.IP, one.UserAgent}
				}
				return printJSON(e, out)
			}
			rows := make([][]string, len(all))
			for i, one := range all {
				rows[i] = []string{one.ID, stamp(one.CreatedAt), stamp(one.LastSeenAt), stamp(one.ExpiresAt), one.IP, browser.Device(one.UserAgent)}
			}
			return table(e, "SESSION\tSINCE (UTC)\tLAST SEEN\tENDS\tFROM\tDEVICE", rows)
		})
	},
}

var sessionsEndCommand = command{
	name:    "sessions end",
	words:   "[SESSION]",
	summary: "end one session, or all of a person",
	help: `With everything that came of it: grants, refresh tokens, and the sessions at
applications that want to hear of it.

Example: idp sessions end --user ada@example.com --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		who := flags.String("user", "", "end all sessions of this `person`")
		yes := yesFlag(flags)
		path := flags.String("config", "idp.yaml", "the configuration `file`")
		words, err := parseOptional(flags, args, "SESSION")
		if err != nil {
			return err
		}
		if (len(words) == 0) == (*who == "") {
			return wrongly("say which: idp sessions end SESSION, or --user USER")
		}
		cfg, err := loaded(e, *path)
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			if *who == "" {
				if err := confirm(e, *yes, "End the session %s?", words[0]); err != nil {
					return err
				}
				if err := s.EndSession(ctx, words[0]); err != nil {
					return err
				}
				fmt.Fprintln(e.out, "the session is ended")
				return nil
			}
			a, err := s.User(ctx, *who)
			if err != nil {
				return err
			}
			if err := confirm(e, *yes, "End all sessions of %s?", a.Email); err != nil {
				return err
			}
			n, err := s.EndSessions(ctx, a.ID)
			if err == nil {
				fmt.Fprintf(e.out, "%d sessions ended\n", n)
			}
			return err
		})
	},
}

type grantJSON struct {
	ID         string     `json:"id"`
	Client     string     `json:"client"`
	UserID     string     `json:"user"`
	SessionID  string     `json:"session"`
	Scopes     []string   `json:"scopes"`
	Refreshes  bool       `json:"refreshes"`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

var grantsListCommand = command{
	name:    "grants list",
	words:   "USER",
	summary: "list the applications that hold tokens for a person",
	help:    "Example: idp grants list ada@example.com --config idp.yaml\n",
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "USER")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			all, err := s.Grants(ctx, words[0])
			if err != nil {
				return err
			}
			if *asJSON {
				out := make([]grantJSON, len(all))
				for i, g := range all {
					out[i] = grantJSON{g.ID, g.ClientID, g.UserID, g.SessionID, g.Scopes, g.Offline(), moment(g.CreatedAt), moment(g.LastUsedAt), moment(g.ExpiresAt)}
				}
				return printJSON(e, out)
			}
			rows := make([][]string, len(all))
			for i, g := range all {
				rows[i] = []string{g.ID, g.ClientID, stamp(g.CreatedAt), stamp(g.LastUsedAt), stamp(g.ExpiresAt), strings.Join(g.Scopes, " ")}
			}
			return table(e, "GRANT\tCLIENT\tSINCE (UTC)\tLAST USED\tENDS\tSCOPES", rows)
		})
	},
}

var grantsRevokeCommand = command{
	name:    "grants revoke",
	words:   "GRANT",
	summary: "take an application's tokens for a person away",
	help: `Access tokens that are looked up and all refresh tokens of the grant are dead at
once; a JWT lives until it expires.

Example: idp grants revoke grt_01h455vb4pex5vsknk084sn02q --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		yes := yesFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "GRANT")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			if err := confirm(e, *yes, "Revoke the grant %s?", words[0]); err != nil {
				return err
			}
			g, err := s.RevokeGrant(ctx, words[0])
			if err == nil {
				fmt.Fprintf(e.out, "%s has no tokens of this grant any more\n", g.ClientID)
			}
			return err
		})
	},
}
