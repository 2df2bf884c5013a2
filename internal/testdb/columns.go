package testdb

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers pgx
)

// Columns lists the columns of a table of the database at url; none if there is no
// such table.
func Columns(t testing.TB, url, table string) []string {
	t.Helper()
	db, query := raw(t, url), `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`
	defer db.Close()
	if strings.HasPrefix(url, "sqlite:") {
		query = `SELECT name FROM pragma_table_info($1)`
	}
	return texts(t, db, query, table)
}

// Tables lists the tables of the database at url, but for the database's own.
func Tables(t testing.TB, url string) []string {
	t.Helper()
	db, query := raw(t, url), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	defer db.Close()
	if strings.HasPrefix(url, "sqlite:") {
		query = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	}
	return texts(t, db, query)
}

func texts(t testing.TB, db *sql.DB, query string, args ...any) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// raw opens the database at url past the store.
func raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver, source := "pgx", url
	if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
		driver, source = "sqlite", path // the driver is the one that storage uses
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
