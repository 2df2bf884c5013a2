package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/bench/target"
)

// fewPeople are in the tables that the full ones are compared with.
const fewPeople = 1000

// group is those people of the tables whom one of the workers signs in as.
type group struct{ people, worker, workers int }

// somebody is any of them.
func (g group) somebody() string {
	return addressOf(1 + g.worker + g.workers*rand.N(max(1, g.people/g.workers)))
}

// people is how many a target has in its tables.
func (s *stage) people(t *target.Process) int {
	switch {
	case s.rows == 0:
		return 0
	case t.Port == s.targets[full].place.Port:
		return s.rows
	default:
		return fewPeople
	}
}

// fullTables measures the product with few and with many people in its tables, in
// turns.
func (s *stage) fullTables(ctx context.Context, ops []operation, out io.Writer) (err error) {
	if err := s.fillBoth(ctx, out); err != nil {
		return err
	}
	running, err := s.startBoth()
	defer func() { err = errors.Join(err, stopBoth(running)) }()
	if err != nil {
		return err
	}
	r := &report{rows: make([]row, len(ops))}
	if err := s.compareAll(ctx, running, ops, r); err != nil {
		return err
	}
	r.writeRows(out, ops, s.rows)
	if err := errors.Join(running[full].Errors(), running[few].Errors()); err != nil {
		return err
	}
	if err := s.statements(ctx, out); err != nil {
		return err
	}
	return s.wholeReads(ctx, out)
}

// fillBoth makes the schema of both databases and fills them.
func (s *stage) fillBoth(ctx context.Context, out io.Writer) error {
	running, err := s.startBoth()
	if err = errors.Join(err, stopBoth(running)); err != nil {
		return err
	}
	fmt.Fprintf(out, "the product with %d people in its tables and with %d, in turns\n%s, %s of shared buffers, %d workers, %d rounds of %s each\n\n",
		fewPeople, s.rows, s.database, s.database.buffers, s.workers, s.rounds, s.window)
	if err := s.inside(ctx, few, func(c *pgx.Conn) error { return fill(ctx, c, 1, fewPeople) }); err != nil {
		return err
	}
	began := time.Now()
	if err := s.fillFull(ctx, out); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %.0f s\n", time.Since(began).Seconds())
	for _, i := range []int{few, full} {
		err := s.inside(ctx, i, func(c *pgx.Conn) error {
			return execute(ctx, c, []string{"VACUUM ANALYZE", "SELECT pg_stat_reset()"})
		})
		if err != nil {
			return err
		}
	}
	return s.resetStatements(ctx)
}

// inside runs what on the database of a target.
func (s *stage) inside(ctx context.Context, which int, what func(*pgx.Conn) error) error {
	return (&database{url: s.database.named(databases[which])}).do(ctx, what)
}

// writeRows prints what full tables change.
func (r *report) writeRows(out io.Writer, ops []operation, people int) {
	w := table(out)
	fmt.Fprintf(w, "%-20s\tserver CPU ms, %d\t%d\t×\tdatabase CPU ms, %d\t%d\t×\tWAL kB, %d\t%d\tops/s, %d\t%d\t\n", "operation",
		fewPeople, people, fewPeople, people, fewPeople, people, fewPeople, people)
	for n, op := range ops {
		row := &r.rows[n]
		a, b := &row.figures[full], &row.figures[few]
		fmt.Fprintf(w, "%-20s\t%.3f\t%.3f\t%.2f\t%.3f\t%.3f\t%.2f\t%.1f\t%.1f\t%.0f\t%.0f\t\n", op.name,
			b.median(server), a.median(server), row.times(server), b.median(inside), a.median(inside), row.times(inside),
			b.median(logged), a.median(logged), b.median(rate), a.median(rate))
	}
	w.Flush() // standard output
}

// wholeReads tells which of the large tables were read from end to end since they
// were full: none should be.
func (s *stage) wholeReads(ctx context.Context, out io.Writer) error {
	return s.inside(ctx, full, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT c.relname::text, s.seq_scan, c.reltuples::bigint FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
			WHERE s.seq_scan > 0 AND c.reltuples > $1::real / 2 ORDER BY 1`, float64(s.rows))
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
