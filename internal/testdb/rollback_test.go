package testdb_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"idp/internal/testdb"
)

// A COMMIT that is refused by the proxy is over at the server too: what the next one
// does on that connection is not part of it.
func TestRefusedCommitIsOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	url := testdb.URL(t, "postgres")
	proxy := testdb.NewProxy(t, url)
	connect := func(url string) *pgx.Conn {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close(t.Context()) })
		return c
	}
	through, beside := connect(proxy.URL), connect(url)
	exec := func(query string) {
		if _, err := through.Exec(ctx, query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE written (by TEXT)`)
	tx, err := through.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO written VALUES ('the refused')`); err != nil {
		t.Fatal(err)
	}
	proxy.Inject(1, &testdb.Fault{Code: "40001"})
	if err := tx.Commit(ctx); err == nil || !proxy.Hit() {
		t.Fatalf("the commit succeeds: %v", err)
	}
	proxy.Inject(0, nil)
	exec(`INSERT INTO written VALUES ('the next')`)
	rows, err := beside.Query(ctx, `SELECT by FROM written`)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(all) != 1 || all[0] != "the next" {
		t.Errorf("written: %q, %v", all, err)
	}
}
