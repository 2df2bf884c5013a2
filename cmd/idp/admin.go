package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/internal/storage"
)

// withStore opens the database for a command that wants its schema as this
// program knows it.
func withStore(cfg *config.Config, do func(*storage.Store) error) error {
	return withAnyStore(cfg, func(s *storage.Store) error {
		schema, err := s.Schema(context.Background())
		if err == nil {
			err = schema.Current()
		}
		if err != nil {
			return err
		}
		return do(s)
	})
}

// withAnyStore opens the database, whatever its schema.
func withAnyStore(cfg *config.Config, do func(*storage.Store) error) error {
	s, err := storage.Open(storage.Options{URL: cfg.Database.URL.Token().Reveal(), MaxConns: cfg.Database.MaxConnections, Name: "idp"})
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

var migrateStatusCommand = command{
	name:    "migrate status",
	summary: "list the versions of the schema and which are applied",
	help:    "Example: idp migrate status --config idp.yaml\n",
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		return withAnyStore(cfg, func(s *storage.Store) error {
			list, err := s.Migrations(ctx)
			for _, m := range list {
				state := "pending"
				if m.Applied {
					state = "applied"
				}
				fmt.Fprintf(e.out, "%-8s  %s\n", state, m.Name)
			}
			if err != nil {
				return err
			}
			schema, err := s.Schema(ctx)
			if err != nil {
				return err
			}
			return schema.Usable()
		})
	},
}

var clientSecretCommand = command{
	name:    "client secret",
	summary: "make a secret for an application",
	help: `Prints a new secret, for the application, and its hash, for the configuration.
Neither is kept anywhere.

Example: idp client secret
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		if err := parse(flags, args); err != nil {
			return err
		}
		t := secret.NewToken()
		fmt.Fprintf(e.out, "secret (for the application):    %s\nhash (for clients[].secrets):    %s\n", t.Reveal(), config.HashText(t))
		return nil
	},
}

var registrationTokenCommand = command{
	name:    "client registration-token",
	summary: "make a token to register with",
	help: `Prints a new initial access token, for applications that register themselves
(RFC 7591), and its hash, for the configuration. Neither is kept anywhere.

Example: idp client registration-token
`,
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		if err := parse(flags, args); err != nil {
			return err
		}
		t := secret.NewToken()
		fmt.Fprintf(e.out, "token (for the application):             %s\nhash (for registration.access_tokens):  %s\n", t.Reveal(), config.RegistrationHashText(t))
		return nil
	},
}

type keyJSON struct {
	ID        string        `json:"id"`
	Algorithm idp.Algorithm `json:"algorithm"`
	State     idp.KeyState  `json:"state"`
	MadeAt    *time.Time    `json:"made_at"`
	SignsAt   *time.Time    `json:"signs_from"`
	RetiredAt *time.Time    `json:"retired_at"`
}

var keysListCommand = command{
	name:    "keys list",
	summary: "list the signing keys",
	help: `A key is published before it signs (published), signs (active), and stays published
for keys.keep_retired (retired). After that it is in no key set (past): this server
knows it for as long as a session may last, because applications send an ID token
along when they sign somebody out.

Example: idp keys list --config idp.yaml
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		asJSON := jsonFlag(flags)
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		return withStore(cfg, func(s *storage.Store) error {
			keys, err := s.SigningKeys(ctx)
			if err != nil {
				return err
			}
			policy, now := cfg.KeyPolicy(), time.Now()
			for i := range keys {
				keys[i].State = keys[i].StateAt(policy, now)
			}
			if *asJSON {
				out := make([]keyJSON, len(keys))
				for i, k := range keys {
					out[i] = keyJSON{k.ID, k.Algorithm, k.State, moment(k.CreatedAt), moment(k.ActivateAt), moment(k.RetiredAt)}
				}
				return printJSON(e, out)
			}
			w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ALGORITHM\tSTATE\tKEY\tMADE\tSIGNS FROM")
			for _, k := range keys {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.Algorithm, k.State, k.ID, k.CreatedAt.Format(time.DateOnly), k.ActivateAt.Format(time.DateTime))
			}
			return w.Flush()
		})
	},
}

var keysRotateCommand = command{
	name:    "keys rotate",
	summary: "replace signing keys before their time",
	help: `Publishes a new key for the algorithm now. It signs as soon as every client can
know it (keys.publish_ahead), or at once with --now, which is for a key that has
become known: servers that run sign with the new one within a minute, and what is
signed with it fails wherever the JWKS is not read anew for a key that is not there.

Example: idp keys rotate --config idp.yaml --algorithm ES256
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		alg := flags.String("algorithm", "", "RS256, PS256, ES256 or EdDSA; all if not given")
		now := flags.Bool("now", false, "sign with the new key at once")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		if *alg != "" && !slices.Contains(idp.Algorithms, idp.Algorithm(*alg)) {
			return wrongly("there is no algorithm %q; there are RS256, PS256, ES256 and EdDSA", *alg)
		}
		ring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		return withStore(cfg, func(s *storage.Store) error {
			keys := oidc.NewKeys(s, ring, cfg.KeyPolicy(), time.Now)
			next, err := keys.Replace(acting(ctx, e), idp.Algorithm(*alg), *now)
			if err == nil {
				printNext(e.out, next)
			}
			return err
		})
	},
}

// printNext says which keys sign next, and when.
func printNext(w io.Writer, next []idp.SigningKey) {
	for _, k := range next {
		when := "in place of the one before; servers that run follow within a minute"
		if k.State == idp.KeyPublished {
			when = "from " + k.ActivateAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%-6s key %s signs %s\n", k.Algorithm, k.ID, when)
	}
	if len(next) == 0 {
		fmt.Fprintln(w, "nothing to do: the next key is published already (idp keys list); to sign with it at once: --now")
	}
}

var versionCommand = command{
	name:    "version",
	summary: "print the version",
	help:    "Example: idp version\n",
	run: func(_ context.Context, e env, flags *flag.FlagSet, args []string) error {
		if err := parse(flags, args); err != nil {
			return err
		}
		revision := ""
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, s := range info.Settings {
				if s.Key == "vcs.revision" {
					revision = " " + s.Value
				}
			}
		}
		fmt.Fprintf(e.out, "idp %s%s (%s)\n", app.Version(), revision, runtime.Version())
		return nil
	},
}
