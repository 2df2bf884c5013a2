package storage

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pool knows when who comes to it finds a connection at once.
type pool struct {
	*pgxpool.Pool
	few int32 // while fewer connections are in use, whoever comes finds one, even if several come at once
}

// pipeline runs steps as one implicit transaction of the server, and once more if
// the first one certainly changed nothing.
func (p *pools) pipeline(ctx context.Context, d durability, steps []*step) error {
	of, began := p.durable, time.Now()
	if d == relaxed {
		of = p.relaxed
	}
	for try := 1; ; try++ {
		err := of.once(ctx, steps)
		if try == tries || !mayRepeat(err, steps) || time.Since(began) > patience {
			return err
		}
		if pause(ctx, try) != nil {
			return err
		}
	}
}

// look runs steps of a read that others may join.
func (p *pools) look(ctx context.Context, steps []*step) error {
	return p.reads.run(ctx, steps, func() error { return p.pipeline(ctx, durable, steps) })
}

// jointly runs steps in a transaction that others may join.
func (p *pools) jointly(ctx context.Context, d durability, steps []*step) error {
	return p.writes[d].run(ctx, steps, func() error { return p.pipeline(ctx, d, steps) })
}

func (p *pool) once(ctx context.Context, steps []*step) error {
	if len(steps) == 0 {
		return nil
	}
	return p.with(ctx, func(ctx context.Context, conn *pgxpool.Conn) error { return run(ctx, conn, steps) })
}

// with lends a connection.
func (p *pool) with(ctx context.Context, act func(context.Context, *pgxpool.Conn) error) error {
	hurried := p.Stat().AcquiredConns() >= p.few
	ctx, cancel := context.WithTimeout(ctx, patience) // what is there may be dead, one connection after the other
	defer cancel()
	conn, err := p.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if !hurried {
		// Who found a connection at once needs no clock, impatient has one. And if a
		// caller who leaves broke off what has begun, that would cost the connection.
		ctx = context.WithoutCancel(ctx)
	}
	return act(ctx, conn)
}

// run gives steps to a connection, a single one without the ado of a batch.
func run(ctx context.Context, conn *pgxpool.Conn, steps []*step) error {
	st := steps[0]
	if len(steps) > 1 || st.each != nil {
		return send(ctx, conn, steps)
	}
	if st.into != nil {
		return st.result(conn.QueryRow(ctx, numbered(st.query), st.args...).Scan(st.into...))
	}
	tag, err := conn.Exec(ctx, numbered(st.query), st.args...)
	st.changed = tag.RowsAffected()
	return err
}

// send sends steps in one round trip.
func send(ctx context.Context, to interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}, steps []*step) (err error) {
	var b pgx.Batch
	for _, st := range steps {
		b.Queue(numbered(st.query), st.args...)
	}
	results := to.SendBatch(ctx, &b)
	defer func() { err = errors.Join(err, results.Close()) }()
	for _, st := range steps {
		if err := st.read(results); err != nil {
			return err
		}
	}
	return nil
}

func (st *step) read(results pgx.BatchResults) error {
	switch {
	case st.into != nil:
		return st.result(results.QueryRow().Scan(st.into...))
	case st.each != nil:
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		if st.forget != nil {
			st.forget()
		}
		for rows.Next() {
			st.told = st.forget == nil
			if err := st.each(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	default:
		tag, err := results.Exec()
		st.changed = tag.RowsAffected()
		return err
	}
}

// numberedQueries remembers the texts that numbered made: there are as many as
// statements in this package, because none of them has more than a few lengths.
var numberedQueries sync.Map

// numbered turns the ? of a statement into $1, $2, ….
func numbered(query string) string {
	if q, ok := numberedQueries.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	parts := strings.Split(query, "?")
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part + "$" + strconv.Itoa(i+1))
	}
	b.WriteString(parts[len(parts)-1])
	q := b.String()
	numberedQueries.Store(query, q)
	return q
}
