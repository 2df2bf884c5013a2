package testdb

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// server is the address of the PostgreSQL server of the tests.
func server(t testing.TB) string {
	t.Helper()
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		t.Fatal("TEST_DATABASE_URL is not set: run the tests with scripts/with-postgres go test ./... (or make test)")
	}
	return address
}

// created makes a database for as long as the test and returns its address.
// options are those of CREATE DATABASE.
func created(t testing.TB, options string) string {
	t.Helper()
	address, name := server(t), "t_"+strings.ToLower(rand.Text()[:12])
	Exec(t, address, "CREATE DATABASE "+name+" "+options)
	t.Cleanup(func() { Exec(t, address, "DROP DATABASE "+name+" WITH (FORCE)") })
	inside, err := at(address, name)
	if err != nil {
		t.Fatal(err)
	}
	return inside
}

// at is the address of another database on the same server.
func at(address, database string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + database
	return u.String(), nil
}

// Exec runs one statement on a PostgreSQL server, past the store.
func Exec(t testing.TB, url, statement string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
