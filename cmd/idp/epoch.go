package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/storage"
)

var epochRaiseCommand = command{
	name:    "epoch raise",
	summary: "make every secret issued so far dead",
	help: `Ends, in one transaction, all sessions, refresh tokens, authorization codes, links
and codes in mails, invitations and device codes; access tokens are dead wherever
they are checked here. For a database that was restored by other means than idp
restore, which does this by itself, or that lost its last seconds in a failover: it
has forgotten what was used since, and each of those would be good once more. May be
run while idp serve goes on; everybody signs in anew.

Example: idp epoch raise --config idp.yaml --reason "failover to db2"
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		reason := flags.String("reason", "raised by hand", "what happened, in a few `words`, for the record")
		rotate := flags.Bool("rotate-keys", false, "sign with new keys at once, too")
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		ctx = acting(ctx, e)
		return withStore(cfg, func(s *storage.Store) error {
			epoch, err := s.RaiseEpoch(ctx, *reason, time.Now())
			switch {
			case err != nil:
				return err
			case *asJSON:
				err = printJSON(e, epoch)
			default:
				printEpoch(e.out, epoch)
			}
			if err == nil && *rotate {
				err = rotateKeys(ctx, e, cfg, s)
			}
			return err
		})
	},
}

func printEpoch(w io.Writer, e storage.Epoch) {
	fmt.Fprintf(w, "restore epoch %d since %s: ended are %s, %s, %s under way, %s that waited and %s\n",
		e.Number, e.RaisedAt.UTC().Format(time.RFC3339), idp.Count(e.Sessions, "session"), idp.Count(e.Grants, "grant"),
		idp.Count(e.Challenges, "sign-in"), idp.Count(e.Devices, "device"), idp.Count(e.Letters, "letter"))
}

// rotateKeys signs with new keys at once.
func rotateKeys(ctx context.Context, e env, cfg *config.Config, s *storage.Store) error {
	ring, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	next, err := oidc.NewKeys(s, ring, cfg.KeyPolicy(), time.Now).Replace(ctx, "", true)
	if err == nil {
		printNext(e.err, next)
	}
	return err
}
