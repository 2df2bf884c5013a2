package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"idp/internal/admin"
	"idp/internal/config"
	"idp/internal/idp"
)

type clientJSON struct {
	idp.Client
	Source     string     `json:"source"`
	StoredAt   *time.Time `json:"stored_at"`
	ChangedAt  *time.Time `json:"changed_at"`
	DisabledAt *time.Time `json:"disabled_at"`
}

func clientOf(c *idp.ClientRecord) clientJSON {
	return clientJSON{c.Client, c.Source, moment(c.CreatedAt), moment(c.UpdatedAt), moment(c.DisabledAt)}
}

// clientShown is clientJSON for people: spans of time are written as the configuration
// writes them. What --json prints for scripts keeps its numbers.
type clientShown struct {
	clientJSON
	AccessTokenTTL     string `json:"access_token_ttl,omitempty"`
	IDTokenTTL         string `json:"id_token_ttl,omitempty"`
	RefreshIdleTTL     string `json:"refresh_idle_ttl,omitempty"`
	RefreshAbsoluteTTL string `json:"refresh_absolute_ttl,omitempty"`
	MaxSessionAge      string `json:"max_session_age,omitempty"`
}

func shown(c *idp.ClientRecord) clientShown {
	return clientShown{clientOf(c), span(c.AccessTokenTTL), span(c.IDTokenTTL), span(c.RefreshIdleTTL), span(c.RefreshAbsoluteTTL), span(c.MaxSessionAge)}
}

func span(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return config.Duration(d).String()
}

func clientState(c *idp.ClientRecord) string {
	if c.DisabledAt.IsZero() {
		return "in use"
	}
	return "disabled"
}

var clientsListCommand = command{
	name:    "clients list",
	summary: "list the applications in the database",
	help: `Declared ones (config), and those that registered themselves (dynamic). What the
next start would change is shown by idp config check.

Example: idp clients list --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			all, err := s.Clients(ctx)
			if err != nil {
				return err
			}
			return listing[idp.ClientRecord]{
				heading: "CLIENT\tNAME\tSOURCE\tSTATE\tCHANGED (UTC)",
				row: func(c *idp.ClientRecord) []string {
					return []string{c.ID, dash(c.Name), c.Source, clientState(c), stamp(c.UpdatedAt)}
				},
				json: func(c *idp.ClientRecord) any { return clientOf(c) },
			}.print(e, *asJSON, all)
		})
	},
}

var clientsShowCommand = command{
	name:    "clients show",
	words:   "CLIENT",
	summary: "show an application as the database has it, as JSON",
	help: `Of its secrets there are only hashes.

Example: idp clients show notes --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, words, err := configuredWords(e, flags, args, "CLIENT")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			c, err := s.Client(ctx, words[0])
			if err != nil {
				return err
			}
			return printJSON(e, shown(&c))
		})
	},
}

var clientsRemoveCommand = command{
	name:    "clients remove",
	words:   "CLIENT",
	summary: "take away an application that registered itself",
	help: `Servers follow within seconds: it can ask nobody to sign in any more, and its tokens
are dead as those of idp grants revoke are. Applications of the configuration go when
they are taken out there.

Example: idp clients remove dyn_01h455vb4pex5vsknk084sn02q --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		yes := yesFlag(flags)
		cfg, words, err := configuredWords(e, flags, args, "CLIENT")
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			if err := confirm(e, *yes, "Remove %s, with all tokens that it holds?", words[0]); err != nil {
				return err
			}
			if err := s.RemoveClient(ctx, words[0]); err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s is removed\n", words[0])
			return nil
		})
	},
}
