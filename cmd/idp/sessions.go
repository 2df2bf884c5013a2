package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"idp/internal/admin"
	"idp/internal/browser"
	"idp/internal/idp"
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

var sessionsListCommand = ofPerson("sessions list", "list where a person is signed in", (*admin.Service).Sessions, sessionRows)

var sessionRows = listing[idp.Session]{
	heading: "SESSION\tSINCE (UTC)\tLAST SEEN\tENDS\tFROM\tDEVICE",
	row: func(s *idp.Session) []string {
		return []string{s.ID, stamp(s.CreatedAt), stamp(s.LastSeenAt), stamp(s.ExpiresAt), s.IP, browser.Device(s.UserAgent)}
	},
	json: func(s *idp.Session) any {
		return sessionJSON{s.ID, s.UserID, moment(s.CreatedAt), moment(s.LastSeenAt), moment(s.ExpiresAt), s.IP, s.UserAgent}
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
				fmt.Fprintf(e.out, "%s ended\n", idp.Count(n, "session"))
			}
			return err
		})
	},
}
