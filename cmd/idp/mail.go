package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	idpmail "idp/internal/mail"
	"idp/internal/words"
)

var mailPreviewCommand = command{
	name:    "mail preview",
	summary: "print a letter with sample values",
	help: `Shows the letter as people get it, with the administrator's own words and
templates (locales.dir). Nothing is sent, and the database is not needed.

Example: idp mail preview --config idp.yaml --locale de --client notes --format html
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		locale := flags.String("locale", "", "the `language`; the configuration's default if it is left out")
		client := flags.String("client", "", "the `id` of the application that people sign in to")
		letter := flags.String("letter", "login", "login or invitation")
		format := flags.String("format", "text", "text, html, or source (the whole message)")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		composer, err := letterComposer(cfg, *client, *locale)
		if err != nil {
			return err
		}
		r, msg, err := sample(composer, *letter, *client, *locale)
		if err != nil {
			return err
		}
		switch *format {
		case "text":
			_, err = fmt.Fprintf(e.out, "Subject: %s\n\n%s", r.Subject, r.Text)
		case "html":
			_, err = fmt.Fprint(e.out, r.HTML)
		case "source":
			_, err = fmt.Fprint(e.out, msg.Raw)
		default:
			err = wrongly("there is no format %q; there are text, html and source", *format)
		}
		return err
	},
}

// sample is one of our letters with values that open nothing.
func sample(c *idpmail.Composer, letter, client, locale string) (r idpmail.Rendered, msg *idpmail.Message, err error) {
	const to = "ada@example.com"
	now := time.Now()
	switch letter {
	case "login":
		claim := idpmail.Sample(client, to, locale, now)
		if r, err = c.Render(claim); err == nil {
			msg, err = c.Compose(claim, now)
		}
	case "invitation":
		i := idpmail.SampleInvitation(client, to, locale, now)
		if r, err = c.RenderInvitation(i); err == nil {
			msg, err = c.ComposeInvitation(i, now)
		}
	default:
		err = wrongly("there is no letter %q; there are login and invitation", letter)
	}
	return r, msg, err
}

// letterComposer makes letters for a client that is declared, in a language that
// there is; "" is none in particular.
func letterComposer(cfg *config.Config, client, locale string) (*idpmail.Composer, error) {
	if locale != "" && !slices.Contains(words.Locales(), locale) {
		return nil, wrongly("there is no locale %q; there are %s", locale, strings.Join(words.Locales(), ", "))
	}
	composer, err := app.Composer(cfg)
	if err != nil {
		return nil, err
	}
	if client != "" && composer.Clients.Client(client) == nil {
		return nil, declared(cfg, client)
	}
	return composer, nil
}

var mailTestCommand = command{
	name:    "mail test",
	words:   "ADDRESS",
	summary: "send a sample letter and say what the mail server answered",
	help: `The letter is like that of a sign-in, but its link and code open nothing. It goes
the way of all mails: to the configured server, under the configured address.

Example: idp mail test ada@example.com --config idp.yaml --locale de
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		locale := flags.String("locale", "", "the `language`; the configuration's default if it is left out")
		client := flags.String("client", "", "the `id` of the application that people sign in to")
		cfg, typed, err := configuredWords(e, flags, args, "ADDRESS")
		if err != nil {
			return err
		}
		to, err := typedAddress(cfg, typed[0])
		if err != nil {
			return err
		}
		composer, err := letterComposer(cfg, *client, *locale)
		if err != nil {
			return err
		}
		return sendSample(ctx, e, cfg, composer, idpmail.Sample(*client, to, *locale, time.Now()))
	},
}
