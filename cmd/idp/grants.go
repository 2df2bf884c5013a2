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

var grantsListCommand = ofPerson("grants list", "list the applications that hold tokens for a person", (*admin.Service).Grants, listing[idp.Grant]{
	heading: "GRANT\tCLIENT\tSINCE (UTC)\tLAST USED\tENDS\tSCOPES",
	row: func(g *idp.Grant) []string {
		return []string{g.ID, g.ClientID, stamp(g.CreatedAt), stamp(g.LastUsedAt), stamp(g.ExpiresAt), strings.Join(g.Scopes, " ")}
	},
	json: func(g *idp.Grant) any {
		return grantJSON{g.ID, g.ClientID, g.UserID, g.SessionID, g.Scopes, g.Offline(), moment(g.CreatedAt), moment(g.LastUsedAt), moment(g.ExpiresAt)}
	},
})

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
