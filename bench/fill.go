package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// fills are what people leave who signed in once, today: $1 and $2 are the first
// and the last of them, and $3 is the time now; nothing expires while it is
// measured. Values are as long as those that real sign-ins leave. Of some tables only
// one person in part has a row, so that ten million people fit on a small disk.
var fills = []struct {
	table     string
	part      int
	statement string
}{
	{"users", 1, `INSERT INTO users (id, email, locale, created_at, updated_at, last_login_at)
		SELECT 'usr_' || substr(md5(g::text), 1, 26), 'person' || g || '@company' || g % 50000 || '.example.com', 'en', $3::bigint, $3::bigint, $3::bigint FROM generate_series($1::bigint, $2::bigint) g`},
	{"sessions", 1, `INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr, ip, user_agent, challenge_id)
		SELECT 'ses_0' || lpad(g::text, 25, '0'), md5('t' || g) || '01234567890', 'usr_' || substr(md5(g::text), 1, 26), $3::bigint, $3::bigint, $3::bigint + 86400000 + g % 1000000, $3::bigint + 2592000000, $3::bigint, 'otp', '', '192.0.2.1',
			'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', '0' || lpad(g::text, 25, '0')
		FROM generate_series($1::bigint, $2::bigint) g`},
	{"grants", 1, `INSERT INTO grants (id, client_id, user_id, session_id, scopes, auth_time, amr, acr, created_at, last_used_at, expires_at, absolute_at, refresh_salt, generation, rotated_at)
		SELECT 'grt_0' || lpad(g::text, 25, '0'), 'bench-es', 'usr_' || substr(md5(g::text), 1, 26), 'ses_0' || lpad(g::text, 25, '0'), 'openid email offline_access', $3::bigint, 'otp', '', $3::bigint, $3::bigint, $3::bigint + 86400000, $3::bigint + 2592000000 + g % 1000000, md5('r' || g), 1, $3
		FROM generate_series($1::bigint, $2::bigint) g`},
	{"challenges", 1, `INSERT INTO challenges (id, flow, client_id, email, email_typed, browser_hash, ip, user_agent, locale, number, state, sends, next_send_at, created_at, expires_at, link_used_at, approved_at, approved_by, session_id)
		SELECT '0' || lpad(g::text, 25, '0'), repeat(md5(g::text), 15), 'bench-es', 'person' || g || '@company' || g % 50000 || '.example.com', 'person' || g || '@company' || g % 50000 || '.example.com', md5('b' || g) || '01234567890', '192.0.2.1',
			'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'en', '42', 'approved', 1, $3::bigint, $3::bigint, $3::bigint + 1800000, $3::bigint, $3::bigint, 'email_link', 'ses_0' || lpad(g::text, 25, '0') FROM generate_series($1::bigint, $2::bigint) g`},
	{"challenge_secrets", 5, `INSERT INTO challenge_secrets (id, challenge_id, link_hash, code_mac, minted_at, expires_at)
		SELECT 'sec_0' || lpad(g::text, 25, '0'), '0' || lpad(g::text, 25, '0'), md5('l' || g) || '01234567890', md5('c' || g) || '01234567890', $3::bigint, $3::bigint + 900000 FROM generate_series($1::bigint, $2::bigint) g`},
	{"outbox", 5, `INSERT INTO outbox (id, challenge_id, recipient, locale, client_id, number, user_agent, asked_at, expires_at, state, tries, next_at, accepted_at, server)
		SELECT 'let_0' || lpad(g::text, 25, '0'), '0' || lpad(g::text, 25, '0'), 'person' || g || '@company' || g % 50000 || '.example.com', 'en', 'bench-es', '42', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', $3::bigint, $3::bigint + 900000, 'accepted', 1, $3::bigint, $3::bigint, 'mail.example.com' FROM generate_series($1::bigint, $2::bigint) g`},
	// Places in the chain that the real ones never reach: the chain itself stays empty.
	{"audit_events", 5, `INSERT INTO audit_events (id, seq, at, name, actor, subject, client_id, ip, request_id, result, detail, personal_mac, hash)
		SELECT 'aud_0' || lpad(g::text, 25, '0'), 1000000000000 + g, $3::bigint, 'login.completed', 'usr_' || substr(md5(g::text), 1, 26), 'usr_' || substr(md5(g::text), 1, 26), 'bench-es', '192.0.2.1', md5('q' || g), 'ok', 'method=otp session=ses_0' || lpad(g::text, 25, '0'),
			md5('p' || g) || '01234567890', md5('h' || g) || '01234567890' FROM generate_series($1::bigint, $2::bigint) g`},
	{"counters", 10, `INSERT INTO counters (key, used_at, count1, ends1) SELECT md5('k' || g), $3::bigint, 1, $3::bigint + 86400000 FROM generate_series($1::bigint, $2::bigint) g`},
	{"spent", 10, `INSERT INTO spent (id, expires_at) SELECT md5('s' || g) || '01234567890', $3::bigint + 3600000 FROM generate_series($1::bigint, $2::bigint) g`},
}

// addressOf is how the fill spells somebody's address.
func addressOf(n int) string { return fmt.Sprintf("person%d@company%d.example.com", n, n%50_000) }

const (
	fillBatch = 500_000 // bounds one statement
	grown     = 200_000 // rows that go into tables with their indexes, which then are as large as they get in use
)

// fill puts people from to to into all tables.
func fill(ctx context.Context, c *pgx.Conn, from, to int) error {
	for _, f := range fills {
		if err := fillTable(ctx, c, f.table, f.statement, from, to); err != nil {
			return err
		}
	}
	return nil
}

func fillTable(ctx context.Context, c *pgx.Conn, table, statement string, from, to int) error {
	for ; from <= to; from += fillBatch {
		if _, err := c.Exec(ctx, statement, from, min(to, from+fillBatch-1), time.Now().UnixMilli()); err != nil {
			return fmt.Errorf("fill %s: %w", table, err)
		}
	}
	return nil
}

// fillFull fills the large database. Its first rows go in as in use, and tell how
// large a row is; for the others the indexes are taken away and made again, which
// takes a tenth of the time.
func (s *stage) fillFull(ctx context.Context, out io.Writer) error {
	first := min(grown, s.rows)
	err := s.inside(ctx, full, func(c *pgx.Conn) error {
		if err := fill(ctx, c, 1, first); err != nil {
			return err
		}
		return sizes(ctx, c, first, out)
	})
	if err != nil || first == s.rows {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, f := range fills {
		group.Go(func() error {
			return s.inside(ctx, full, func(c *pgx.Conn) error {
				return withoutIndexes(ctx, c, f.table, func() error { return fillTable(ctx, c, f.table, f.statement, first+1, s.rows/f.part) })
			})
		})
	}
	return group.Wait()
}

// withoutIndexes does something to a table that has none meanwhile.
func withoutIndexes(ctx context.Context, c *pgx.Conn, table string, do func() error) error {
	rows, err := c.Query(ctx, `SELECT CASE WHEN k.oid IS NULL THEN 'DROP INDEX ' || i.indexrelid::regclass ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, k.conname) END,
			CASE WHEN k.oid IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) END
		FROM pg_index i LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid WHERE i.indrelid = $1::regclass`, table)
	if err != nil {
		return err
	}
	drop, add := []string{}, []string{"SET maintenance_work_mem = '512MB'"}
	var a, b string
	_, err = pgx.ForEachRow(rows, []any{&a, &b}, func() error {
		drop, add = append(drop, a), append(add, b)
		return nil
	})
	if err != nil {
		return err
	}
	if err := execute(ctx, c, drop); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return execute(ctx, c, add)
}

func execute(ctx context.Context, c *pgx.Conn, statements []string) error {
	for _, st := range statements {
		if _, err := c.Exec(ctx, st); err != nil {
			return fmt.Errorf("%s: %w", st, err)
		}
	}
	return nil
}

// sizes tells what a row of each table takes on the disk, itself and in indexes.
func sizes(ctx context.Context, c *pgx.Conn, rows int, out io.Writer) error {
	w := table(out)
	fmt.Fprint(w, "bytes per row\titself\tin indexes\t\n")
	for _, f := range fills {
		var all, indexes float64
		err := c.QueryRow(ctx, `SELECT pg_total_relation_size($1::text::regclass), pg_indexes_size($1::text::regclass)`, f.table).Scan(&all, &indexes)
		if err != nil {
			return fmt.Errorf("size of %s: %w", f.table, err)
		}
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t\n", f.table, (all-indexes)/float64(rows), indexes/float64(rows))
	}
	w.Flush() // standard output
	_, err := fmt.Fprintln(out)
	return err
}
