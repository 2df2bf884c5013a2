package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"

	"idp/bench/proc"
)

// database is the PostgreSQL server that both targets use.
type database struct {
	url        *url.URL
	postmaster int       // its first process
	watch      *pgx.Conn // asks how far the log is
	version    string
	fsync      string
	commit     string
	buffers    string // its own memory for pages
	accounts   bool   // of what statements cost, by pg_stat_statements
}

// String is the head of the report.
func (d *database) String() string {
	return fmt.Sprintf("PostgreSQL %s, fsync %s, synchronous_commit %s", d.version, d.fsync, d.commit)
}

var errNoDatabase = errors.New("TEST_DATABASE_URL is not set; run: scripts/with-postgres go run ./bench")

// findDatabase looks at the server in TEST_DATABASE_URL, which must run on this
// machine.
func findDatabase(ctx context.Context) (*database, error) {
	text := os.Getenv("TEST_DATABASE_URL")
	if text == "" {
		return nil, errNoDatabase
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("TEST_DATABASE_URL is not a URL")
	}
	d := &database{url: u}
	if d.watch, err = pgx.Connect(ctx, text); err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	var backend int
	err = d.watch.QueryRow(ctx, `SELECT pg_backend_pid(), current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),
		current_setting('shared_buffers'), current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'`).
		Scan(&backend, &d.version, &d.fsync, &d.commit, &d.buffers, &d.accounts)
	if err == nil {
		d.postmaster, err = proc.Parent(backend)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL must run on this machine: %w", err), d.watch.Close(ctx))
	}
	return d, nil
}

// written returns how many bytes of its log PostgreSQL has written so far.
func (d *database) written() (n int64, err error) {
	err = d.watch.QueryRow(context.Background(), `SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("position of PostgreSQL's log: %w", err)
	}
	return n, err
}

// create makes an empty database and returns its URL.
func (d *database) create(ctx context.Context, name string) (string, error) {
	err := d.do(ctx, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "CREATE DATABASE "+name)
		return err
	})
	return d.named(name).String(), err
}

// named is the address of another database of the server.
func (d *database) named(name string) *url.URL {
	u := *d.url
	u.Path = "/" + name
	return &u
}

func (d *database) drop(ctx context.Context, name string) error {
	return d.do(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	})
}

// checkpoint keeps a checkpoint that is due anyway out of somebody's round.
func (d *database) checkpoint(ctx context.Context) error {
	return d.do(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "CHECKPOINT")
		return err
	})
}

func (d *database) do(ctx context.Context, what func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, d.url.String())
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer c.Close(ctx)
	if err := what(c); err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return nil
}
