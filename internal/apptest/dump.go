package apptest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Dump returns every row of every table of the provider's database as text, the
// way somebody who got hold of a backup would read it.
func (p *Provider) Dump() string {
	p.t.Helper()
	if path, isFile := strings.CutPrefix(p.Database, "sqlite:"); isFile {
		return dumpSQLite(p.t, path)
	}
	return dumpPostgres(p.t, p.Database)
}

func dumpSQLite(t testing.TB, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path) // the driver is the one that storage uses
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	for _, table := range texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		columns := strings.Join(texts(t, db, `SELECT 'COALESCE("' || name || '", '''')' FROM pragma_table_info('`+table+`')`), " || ' | ' || ")
		fmt.Fprintf(&out, "%s\n%s\n", table, strings.Join(texts(t, db, `SELECT `+columns+` FROM "`+table+`"`), "\n"))
	}
	return out.String()
}

func texts(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func dumpPostgres(t testing.TB, url string) string {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	lines := func(query string) []string {
		rows, err := c.Query(ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		out, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var out strings.Builder
	for _, table := range lines(`SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'`) {
		fmt.Fprintf(&out, "%s\n%s\n", table, strings.Join(lines(`SELECT t::text FROM "`+table+`" t`), "\n"))
	}
	return out.String()
}
