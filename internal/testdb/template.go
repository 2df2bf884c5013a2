package testdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"

	"idp/migrations"
)

// templateLock is the key of the advisory lock under which a template is made:
// the packages under test are processes that start together.
const templateLock = 7_202_041

// cloneOptions are the options of CREATE DATABASE for a copy of the migrated
// template, which the first caller on a server makes. It stays on the server for
// the next run.
var cloneOptions = sync.OnceValues(func() (string, error) {
	ctx, address := context.Background(), os.Getenv("TEST_DATABASE_URL")
	name, err := templateName()
	if err != nil {
		return "", err
	}
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer c.Close(ctx) // and with it the lock is free
	if err := makeTemplate(ctx, c, address, name); err != nil {
		return "", fmt.Errorf("make the template database %s: %w", name, err)
	}
	options := "TEMPLATE " + name
	var version int
	if err := c.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return "", err
	}
	if version >= 150000 { // the older ones know this way alone, and no word for it
		options += " STRATEGY file_copy"
	}
	return options, nil
})

// templateName changes with the content of the migrations.
func templateName() (string, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	sum := sha256.New()
	for _, name := range names {
		text, readErr := migrations.FS.ReadFile(name)
		err = errors.Join(err, readErr)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	return "idp_tmpl_" + hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// makeTemplate makes the template unless it is there. Under its name it is always
// whole: it is migrated under another one. Nobody may connect to it, because a
// database with a connection cannot be copied.
func makeTemplate(ctx context.Context, c *pgx.Conn, address, name string) error {
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	var there bool
	err := c.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_database WHERE datname = $1", name).Scan(&there)
	if err != nil || there {
		return err
	}
	raw := name + "_raw"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + raw, "CREATE DATABASE " + raw} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return err
		}
	}
	inside, err := at(address, raw)
	if err == nil {
		err = migrate(inside)
	}
	if err != nil {
		return err
	}
	for _, statement := range []string{"ALTER DATABASE " + raw + " ALLOW_CONNECTIONS false", "ALTER DATABASE " + raw + " RENAME TO " + name} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
