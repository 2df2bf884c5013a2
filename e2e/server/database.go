package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// emptyDatabase makes a database that nobody used before: a SQLite file, or one
// of its own on a PostgreSQL server. drop takes it away again.
func emptyDatabase(server string) (database string, drop func() error, err error) {
	if server == "" {
		dir, err := os.MkdirTemp("", "idp-e2e-")
		if err != nil {
			return "", nil, fmt.Errorf("make a directory for the database: %w", err)
		}
		return "sqlite:" + filepath.Join(dir, "idp.db"), func() error { return os.RemoveAll(dir) }, nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("address of the PostgreSQL server: %w", err)
	}
	name := "e2e_" + strings.ToLower(rand.Text()[:12])
	if err := execute(server, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error { return execute(server, "DROP DATABASE "+name+" WITH (FORCE)") }, nil
}

// execute runs one statement on the server itself.
func execute(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
