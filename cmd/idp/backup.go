package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"idp/internal/app"
	"idp/internal/backup"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/internal/storage"
)

var backupCommand = command{
	name:    "backup",
	summary: "write all that the database holds to a file",
	help: `Writes one file while idp serve goes on: a snapshot, compressed, with the SHA-256
of its content at its end. It can be restored to PostgreSQL and to SQLite alike. No
secret is in it in clear, and not the root secret, which restoring needs too: keep
that elsewhere. The file must not exist yet; "-" is standard output.

Example: idp backup --config idp.yaml --to /var/backups/idp-2026-11-21.gz
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		to := flags.String("to", "", "the `file` to write")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		if *to == "" {
			return wrongly("say where to: --to FILE")
		}
		return withStore(cfg, func(s *storage.Store) error {
			schema, err := s.Schema(ctx)
			if err != nil {
				return err
			}
			h := backup.Header{Schema: schema.Have, MadeAt: time.Now().UTC(), Program: "idp " + app.Version()}
			write := func(w io.Writer) (backup.Trailer, error) {
				return backup.Write(w, h, func(sink storage.Sink) error { return s.Export(ctx, sink) })
			}
			if *to == "-" {
				_, err := write(e.out)
				return err
			}
			done, err := writeFile(*to, write)
			if err == nil {
				fmt.Fprintf(e.out, "%s of schema %d in %s\nSHA-256 of its content: %s\n", idp.Count(done.Total(), "row"), h.Schema, *to, done.SHA256)
			}
			return err
		})
	},
}

// writeFile writes a new file that is whole, or not there.
func writeFile(name string, write func(io.Writer) (backup.Trailer, error)) (done backup.Trailer, err error) {
	if _, err := os.Lstat(name); err == nil {
		return done, fmt.Errorf("%s exists already", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".idp-backup-*") // with mode 0600
	if err != nil {
		return done, fmt.Errorf("write backup: %w", err)
	}
	done, err = write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), name) // which never replaces a file
	}
	return done, errors.Join(err, os.Remove(f.Name()))
}

var restoreCommand = command{
	name:    "restore",
	summary: "fill the database from a file of idp backup",
	help: `Checks the whole file first, and that the root secret opens its signing keys. Then, in
one transaction, writes its rows, reads them back, and raises the restore epoch, so
that nothing that was issued before is good any more: everybody signs in anew, and
what was used since the backup stays used.
Then brings the schema up to date. A database with rows is refused unless --replace
is given, and one that idp serve uses always. The signing keys are those of the
backup: where one of them may be known to somebody else, give --rotate-keys.

Example: idp restore --config idp.yaml --from /var/backups/idp-2026-11-21.gz
`,
	run: func(ctx context.Context, e env, flags *flag.FlagSet, args []string) error {
		from := flags.String("from", "", "the `file` to read")
		replace := flags.Bool("replace", false, "delete all that the database holds now")
		rotate := flags.Bool("rotate-keys", false, "sign with new keys at once, too")
		cfg, err := configured(e, flags, args)
		if err != nil {
			return err
		}
		if *from == "" {
			return wrongly("say where from: --from FILE")
		}
		f, err := os.Open(*from)
		if err != nil {
			return err
		}
		defer f.Close()
		return withAnyStore(cfg, func(s *storage.Store) error {
			return restore(ctx, e, cfg, s, f, *replace, *rotate)
		})
	},
}

func restore(ctx context.Context, e env, cfg *config.Config, s *storage.Store, f io.ReadSeeker, replace, rotate bool) error {
	ring, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	ctx, p := acting(ctx, e), &progress{w: e.err}
	opens := func(keys []idp.SigningKey) error { return oidc.Opens(ring, keys) }
	h, epoch, err := backup.Restore{Replace: replace, Now: time.Now(), Opens: opens, Progress: p.step}.Into(ctx, s, f)
	var full *storage.NotEmptyError
	if errors.As(err, &full) {
		return fmt.Errorf("%w; to delete all that it holds: --replace", err)
	}
	if err != nil {
		return err
	}
	p.end()
	fmt.Fprintf(e.out, "restored the backup of %s\n", h.MadeAt.Format(time.RFC3339))
	printEpoch(e.out, epoch)
	if rotate {
		return rotateKeys(ctx, e, cfg, s)
	}
	return nil
}
