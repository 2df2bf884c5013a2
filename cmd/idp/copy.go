package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"idp/internal/config"
	"idp/internal/storage"
)

var copyCommand = command{
	name:    "copy",
	summary: "move the database to another one, of either kind",
	help: `Copies every row from one database to an empty one, SQLite to PostgreSQL or back,
reads it back there and compares. It is one transaction: whatever goes wrong, the
target stays empty. Nobody is signed out. Stop idp serve first; a source or target
that it still uses is refused. Both are given as env:NAME or file:/path, holding
postgres://… or sqlite:/path, or as sqlite:/path itself, which holds no secret.

Example: idp copy --from sqlite:/var/lib/idp/idp.db --to env:IDP_DATABASE_URL
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		from := flags.String("from", "", "the `database` to read")
		to := flags.String("to", "", "the empty `database` to write")
		if err := parse(flags, args); err != nil {
			return err
		}
		if *from == "" || *to == "" {
			return wrongly("give both databases: --from and --to")
		}
		if *from == *to {
			return wrongly("--from and --to are the same database")
		}
		source, err := openSource(e, *from)
		if err != nil {
			return err
		}
		target, err := openDatabase(e, "--to", *to)
		if err != nil {
			return errors.Join(err, source.Close())
		}
		return errors.Join(copyAll(ctx, e, source, target), source.Close(), target.Close())
	},
}

// openSource opens the database to read, and makes no file.
func openSource(e env, where string) (*storage.Store, error) {
	url, err := databaseURL(e, "--from", where)
	if err != nil {
		return nil, err
	}
	if file, is := strings.CutPrefix(url, "sqlite:"); is {
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("--from: %w", err)
		}
	}
	return openURL("--from", url)
}

// openDatabase opens what a flag names.
func openDatabase(e env, name, where string) (*storage.Store, error) {
	url, err := databaseURL(e, name, where)
	if err != nil {
		return nil, err
	}
	return openURL(name, url)
}

// databaseURL is the URL that a flag names.
func databaseURL(e env, name, where string) (string, error) {
	if !strings.HasPrefix(where, "sqlite:") {
		var ref config.SecretRef
		if err := ref.UnmarshalYAMLText(where); err != nil {
			return "", wrongly("%s: say where the URL is, env:NAME or file:/path, or sqlite:/path", name)
		}
		if err := ref.Resolve(e.getenv); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		return ref.Token().Reveal(), nil
	}
	return where, nil
}

func openURL(name, url string) (*storage.Store, error) {
	s, err := storage.Open(storage.Options{URL: url, Name: "idp copy"})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func copyAll(ctx context.Context, e env, source, target *storage.Store) error {
	used, err := source.InUse(ctx)
	if err == nil && used {
		err = storage.ErrInUse
	}
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	v, err := source.Schema(ctx)
	if err == nil {
		err = v.Current()
	}
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	if err := target.Prepare(ctx, v.Have, false); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	p := &progress{w: e.err}
	if _, err := target.Import(ctx, storage.Import{Progress: p.step}, func(to storage.Sink) error { return source.Export(ctx, to) }); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	p.end()
	fmt.Fprint(e.out, `every row was copied, read back and compared
Now let database.url in the configuration say where the new one is, and start idp
serve. Do not serve from the old one again: what was used once in the new one would
be good once more.
`)
	return nil
}
