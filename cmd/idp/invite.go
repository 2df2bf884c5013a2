package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"idp/internal/admin"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/mail"
)

var inviteCommand = command{
	name:    "invite",
	words:   "ADDRESS",
	summary: "let somebody in for the first time",
	help: `Sends the address a link that makes an account and signs its owner in, once, and
says what the mail server answered. With --print the link is printed and nothing is
sent: give it to the address's owner and nobody else, who would be taken for them.
Only a hash of it is kept. It is for signup.mode invite, and works with the others
but closed.

Example: idp invite --config idp.yaml --client notes --ttl 7d ada@example.com
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		client := flags.String("client", "", "the `id` of the application to lead on to")
		ttl := config.Duration(admin.UsualInvitation)
		flags.Func("ttl", "how long the link works, from 1m to 30d (default 7d)", ttl.UnmarshalYAMLText)
		locale := flags.String("locale", "", "the `language` of the letter; the configuration's default if it is left out")
		printed := flags.Bool("print", false, "print the link, and send nothing")
		cfg, words, err := configuredWords(e, flags, args, "ADDRESS")
		if err != nil {
			return err
		}
		email, err := typedAddress(cfg, words[0])
		if err != nil {
			return err
		}
		composer, err := letterComposer(cfg, *client, *locale)
		if err != nil {
			return err
		}
		return withAdmin(ctx, e, cfg, func(ctx context.Context, s *admin.Service) error {
			i, err := s.Invite(ctx, admin.Invitee{Email: email, ClientID: *client, Locale: *locale, TTL: ttl.Std()})
			switch {
			case errors.Is(err, idp.ErrUsed):
				return errors.New("this address signed in before; it needs no invitation")
			case errors.Is(err, admin.ErrInvitation):
				return errors.New(strings.TrimSuffix(err.Error(), ": "+admin.ErrInvitation.Error()))
			case err != nil:
				return err
			}
			if *printed {
				fmt.Fprintf(e.out, "%s/l/%s\ngood until %s\n", cfg.Issuer, i.Link.Reveal(), i.Ends.UTC().Format(time.RFC1123))
				return nil
			}
			msg, err := composer.ComposeInvitation(mail.Invitation{ClientID: *client, Recipient: email, Locale: *locale, Invitation: i}, time.Now())
			if err != nil {
				return err
			}
			return send(ctx, e, cfg, msg, "invite")
		})
	},
}
