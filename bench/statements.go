package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// shown is how many statements are listed.
const shown = 25

// statement is what PostgreSQL knows of one, where it keeps account of them.
type statement struct {
	text        string
	calls       int64
	took, pages float64 // milliseconds of elapsed time, and pages that were looked at, per call
}

// resetStatements begins a new account, if the server can keep one: with
// PG_OPTIONS="-c shared_preload_libraries=pg_stat_statements".
func (s *stage) resetStatements(ctx context.Context) error {
	if !s.database.accounts {
		return nil
	}
	for _, i := range []int{few, full} {
		err := s.inside(ctx, i, func(c *pgx.Conn) error {
			return execute(ctx, c, []string{"CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "SELECT pg_stat_statements_reset()"})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// statements lists those that took most of the time with full tables, beside the
// same ones with few people.
func (s *stage) statements(ctx context.Context, out io.Writer) error {
	if !s.database.accounts {
		return nil
	}
	var both [2][]statement
	for _, i := range []int{few, full} {
		err := s.inside(ctx, i, func(c *pgx.Conn) (err error) {
			both[i], err = account(ctx, c)
			return err
		})
		if err != nil {
			return err
		}
	}
	before := map[string]statement{}
	for _, st := range both[few] {
		before[st.text] = st
	}
	w := table(out)
	fmt.Fprintf(w, "\ncalls\tms each, %d\t%d\tpages each, %d\t%d\t statement\n", fewPeople, s.rows, fewPeople, s.rows)
	for _, st := range both[full][:min(shown, len(both[full]))] {
		b := before[st.text]
		fmt.Fprintf(w, "%d\t%.3f\t%.3f\t%.1f\t%.1f\t %s\n", st.calls, b.took, st.took, b.pages, st.pages, brief(st.text))
	}
	return w.Flush()
}

func account(ctx context.Context, c *pgx.Conn) ([]statement, error) {
	rows, err := c.Query(ctx, `SELECT query, sum(calls)::bigint, sum(total_exec_time) / sum(calls), sum(shared_blks_hit + shared_blks_read)::float8 / sum(calls)::float8
		FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY query ORDER BY sum(total_exec_time) DESC`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (st statement, err error) {
		return st, r.Scan(&st.text, &st.calls, &st.took, &st.pages)
	})
}

// brief is a statement in one line of bearable length.
func brief(text string) string {
	const most = 110
	line := strings.Join(strings.Fields(text), " ")
	if len(line) <= most {
		return line
	}
	return line[:60] + " … " + line[len(line)-(most-60):]
}
