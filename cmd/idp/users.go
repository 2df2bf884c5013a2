package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/idp"
)

type userJSON struct {
	ID          string     `json:"id"`
	Email       string     `json:"email"`
	Name        string     `json:"name,omitempty"`
	Locale      string     `json:"locale,omitempty"`
	Groups      []string   `json:"groups"`
	CreatedAt   *time.Time `json:"created_at"`
	LastLoginAt *time.Time `json:"last_login_at"`
	DisabledAt  *time.Time `json:"disabled_at"`
}

func userOf(a *idp.Account) userJSON {
	return userJSON{
		ID: a.ID, Email: a.Email, Name: a.Name, Locale: a.Locale, Groups: append([]string{}, a.Groups...),
		CreatedAt: moment(a.CreatedAt), LastLoginAt: moment(a.LastLoginAt), DisabledAt: moment(a.DisabledAt),
	}
}

func state(a *idp.Account) string {
	if a.DisabledAt.IsZero() {
		return "enabled"
	}
	return "disabled"
}

var usersListCommand = command{
	name:    "users list",
	summary: "list the people who signed in",
	help: `In the order of their addresses, 100 at a time: --after goes on behind the last one.

Example: idp users list --config idp.yaml --search example.com
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		var q idp.AccountQuery
		flags.StringVar(&q.Search, "search", "", "only those with this `text` in their address or name")
		flags.BoolVar(&q.Disabled, "disabled", false, "only those who are disabled")
		flags.StringVar(&q.After, "after", "", "begin behind this `address`")
		flags.IntVar(&q.Limit, "limit", 100, "at most so many")
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err == nil {
			err = least("--limit", q.Limit, 1)
		}
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			all, err := s.Users(ctx, q)
			if err != nil {
				return err
			}
			return listing[idp.Account]{
				heading: "ADDRESS\tID\tSTATE\tLAST SIGN-IN (UTC)\tGROUPS",
				row: func(a *idp.Account) []string {
					return []string{a.Email, a.ID, state(a), stamp(a.LastLoginAt), strings.Join(a.Groups, " ")}
				},
				json: func(a *idp.Account) any { return userOf(a) },
			}.print(e, *asJSON, all)
		})
	},
}

var usersShowCommand = command{
	name:    "users show",
	words:   "USER",
	summary: "show a person",
	help: `A person is named by their address or by the id of their user.

Example: idp users show ada@example.com --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "USER")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			a, err := s.User(ctx, words[0])
			if err != nil {
				return err
			}
			sessions, err := s.Sessions(ctx, a.ID)
			if err != nil {
				return err
			}
			grants, err := s.Grants(ctx, a.ID)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(e, struct {
					userJSON
					Sessions int `json:"sessions"`
					Grants   int `json:"grants"`
				}{userOf(&a), len(sessions), len(grants)})
			}
			return table(e, "ID\t"+a.ID, [][]string{
				{"Address", a.Email},
				{"Name", dash(a.Name)},
				{"State", state(&a)},
				{"Groups", dash(strings.Join(a.Groups, " "))},
				{"First sign-in", stamp(a.CreatedAt)},
				{"Last sign-in", stamp(a.LastLoginAt)},
				{"Disabled since", stamp(a.DisabledAt)},
				{"Sessions", fmt.Sprint(len(sessions))},
				{"Grants", fmt.Sprint(len(grants))},
			})
		})
	},
}
