package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/bench/target"
)

// fills puts people, their sessions and grants into a database, and a tenth as many
// rows of what lives for a day. $1 and $2 are the first and the last number, and
// $3 is the time now; nothing expires while it is measured.
var fills = []struct {
	table, statement string
	part             int // of the rows, one in so many
}{
	{"users", `INSERT INTO users (id, email, created_at, updated_at, last_login_at)
		SELECT 'usr_' || md5(g::text), 'person' || g || '@company' || g % 50000 || '.example.com', $3::bigint, $3::bigint, $3::bigint FROM generate_series($1::bigint, $2::bigint) g`, 1},
	{"sessions", `INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, absolute_at, auth_time, amr, acr, ip, user_agent)
		SELECT 'ses_0' || lpad(g::text, 25, '0'), md5('t' || g), 'usr_' || md5(g::text), $3::bigint, $3::bigint, $3::bigint + 86400000 + g % 1000000, $3::bigint + 2592000000, $3::bigint, 'otp', '', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0'
		FROM generate_series($1::bigint, $2::bigint) g`, 1},
	{"grants", `INSERT INTO grants (id, client_id, user_id, session_id, scopes, auth_time, amr, acr, created_at, last_used_at, expires_at, absolute_at, refresh_salt, generation, rotated_at)
		SELECT 'grt_0' || lpad(g::text, 25, '0'), 'es256', 'usr_' || md5(g::text), 'ses_0' || lpad(g::text, 25, '0'), 'openid email offline_access', $3::bigint, 'otp', '', $3::bigint, $3::bigint, $3::bigint + 86400000, $3::bigint + 2592000000 + g % 1000000, md5('r' || g), 1, $3
		FROM generate_series($1::bigint, $2::bigint) g`, 1},
	{"challenges", `INSERT INTO challenges (id, email, email_typed, browser_hash, number, state, sends, next_send_at, created_at, expires_at)
		SELECT '0' || lpad(g::text, 25, '0'), 'person' || g || '@example.com', '', md5('b' || g), '42', 'approved', 1, $3::bigint, $3::bigint, $3::bigint + 1800000 FROM generate_series($1::bigint, $2::bigint) g`, 10},
	{"challenge_secrets", `INSERT INTO challenge_secrets (id, challenge_id, link_hash, code_mac, minted_at, expires_at)
		SELECT 'sec_0' || lpad(g::text, 25, '0'), '0' || lpad(g::text, 25, '0'), md5('l' || g), md5('c' || g), $3::bigint, $3::bigint + 900000 FROM generate_series($1::bigint, $2::bigint) g`, 10},
	{"outbox", `INSERT INTO outbox (id, challenge_id, recipient, asked_at, expires_at, state, next_at)
		SELECT 'let_0' || lpad(g::text, 25, '0'), '0' || lpad(g::text, 25, '0'), 'person' || g || '@example.com', $3::bigint, $3::bigint + 900000, 'accepted', $3::bigint FROM generate_series($1::bigint, $2::bigint) g`, 10},
	{"counters", `INSERT INTO counters (key, used_at, count1, ends1) SELECT md5('k' || g), $3::bigint, 1, $3::bigint + 86400000 FROM generate_series($1::bigint, $2::bigint) g`, 10},
	{"spent", `INSERT INTO spent (id, expires_at) SELECT md5('s' || g), $3::bigint + 3600000 FROM generate_series($1::bigint, $2::bigint) g`, 10},
}

// fillBatch bounds one statement.
const fillBatch = 500_000

// fullTables measures the product on an empty database, fills it, and measures
// again.
func (s *stage) fullTables(ctx context.Context, ops []operation, out io.Writer) (err error) {
	t := s.targets[product]
	p, err := t.kind.Start(t.place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Errors(), p.Stop()) }()
	fmt.Fprintf(out, "the product with empty tables, and with %d people, sessions and grants\n%s, %d workers, %d rounds of %s each\n\n", s.rows, s.database, s.workers, s.rounds, s.window)
	before, err := s.alone(ctx, p, ops)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := s.fill(ctx); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %.0f s\n", time.Since(began).Seconds())
	if err := s.sizes(ctx, out); err != nil {
		return err
	}
	after, err := s.alone(ctx, p, ops)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-20s %14s %14s %16s %16s\n", "operation", "empty, per s", "full, per s", "empty, DB ms", "full, DB ms")
	for i, op := range ops {
		b, a := before[i], after[i]
		fmt.Fprintf(out, "%-20s %14.0f %14.0f %16.2f %16.2f\n", op.name, b.rate, a.rate, b.database, a.database)
	}
	return s.wholeReads(ctx, out)
}

// alone measures operations at one target and returns the mean of the rounds.
func (s *stage) alone(ctx context.Context, p *target.Process, ops []operation) ([]round, error) {
	means := make([]round, len(ops))
	for i, op := range ops {
		if err := s.database.checkpoint(ctx); err != nil {
			return nil, err
		}
		steps, err := s.steps(p, op, s.workers)
		if err != nil {
			return nil, err
		}
		var f figures
		for n := range s.rounds {
			warm := warmAgain
			if n == 0 {
				warm = warmFirst
			}
			if err := s.measure(p, steps, warm, s.window, &f); err != nil {
				return nil, fmt.Errorf("%s: %w", op.name, err)
			}
		}
		for _, r := range f.rounds {
			means[i].rate += r.rate / float64(len(f.rounds))
			means[i].database += r.database / float64(len(f.rounds))
		}
	}
	return means, nil
}

// inside runs what on the product's database.
func (s *stage) inside(ctx context.Context, what func(*pgx.Conn) error) error {
	u, err := url.Parse(s.targets[product].place.Database)
	if err != nil {
		return err
	}
	return (&database{url: u}).do(ctx, what)
}

func (s *stage) fill(ctx context.Context) error {
	return s.inside(ctx, func(c *pgx.Conn) error {
		for _, f := range fills {
			rows := s.rows / f.part
			for from := 1; from <= rows; from += fillBatch {
				if _, err := c.Exec(ctx, f.statement, from, min(rows, from+fillBatch-1), time.Now().UnixMilli()); err != nil {
					return fmt.Errorf("fill %s: %w", f.table, err)
				}
			}
		}
		for _, statement := range []string{"VACUUM ANALYZE", "SELECT pg_stat_reset()"} {
			if _, err := c.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// sizes tells what a row of each table takes on the disk, its indexes included.
func (s *stage) sizes(ctx context.Context, out io.Writer) error {
	return s.inside(ctx, func(c *pgx.Conn) error {
		fmt.Fprint(out, "bytes per row, with indexes:")
		for _, f := range fills {
			var bytes, rows float64
			err := c.QueryRow(ctx, `SELECT pg_total_relation_size(relid), n_live_tup FROM pg_stat_user_tables WHERE relname = $1`, f.table).Scan(&bytes, &rows)
			if err == nil && rows == 0 { // the statistics were just reset
				err = c.QueryRow(ctx, `SELECT reltuples FROM pg_class WHERE relname = $1`, f.table).Scan(&rows)
			}
			if err != nil {
				return fmt.Errorf("size of %s: %w", f.table, err)
			}
			fmt.Fprintf(out, " %s %.0f", f.table, bytes/rows)
		}
		fmt.Fprint(out, "\n\n")
		return nil
	})
}

// wholeReads tells which of the large tables were read from end to end since they
// were full: none should be.
func (s *stage) wholeReads(ctx context.Context, out io.Writer) error {
	return s.inside(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT relname::text, seq_scan, n_live_tup FROM pg_stat_user_tables
			WHERE seq_scan > 0 AND n_live_tup > 10000 ORDER BY relname`)
		if err != nil {
			return err
		}
		defer rows.Close()
		whole := 0
		for rows.Next() {
			var table string
			var scans, live int64
			if err := rows.Scan(&table, &scans, &live); err != nil {
				return err
			}
			whole++
			fmt.Fprintf(out, "\n%s was read from end to end %d times", table, scans)
		}
		if whole == 0 {
			fmt.Fprint(out, "\nno large table was read from end to end")
		}
		fmt.Fprintln(out)
		return rows.Err()
	})
}
