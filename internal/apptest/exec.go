package apptest

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Exec runs statements on the provider's database, as an administrator or a mishap
// would: behind the provider's back.
func (p *Provider) Exec(statements string) {
	p.t.Helper()
	ctx := context.Background()
	if path, isFile := strings.CutPrefix(p.Database, "sqlite:"); isFile {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			p.t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(ctx, "PRAGMA busy_timeout = 5000; "+statements); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(ctx, p.Database)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statements); err != nil {
		p.t.Fatal(err)
	}
}
