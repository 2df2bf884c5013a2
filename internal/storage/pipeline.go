package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pool knows when who comes to it finds a connection at once.
type pool struct {
	*pgxpool.Pool
	few       int32 // while fewer connections are in use, whoever comes finds one, even if several come at once
	exchanges bool  // steps need no more of pgx than its connections
	tracer    pgx.QueryTracer
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
	return p.with(ctx, func(ctx context.Context, conn *pgx.Conn) error { return p.run(ctx, conn, steps) })
}

// with lends a connection.
func (p *pool) with(ctx context.Context, act func(context.Context, *pgx.Conn) error) error {
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
	err = act(ctx, conn.Conn())
	var server *pgconn.PgError
	if errors.As(err, &server) && forgotten(server) {
		p.Reset() // the others are as old, and whoever tries again must not come upon them one by one
	}
	return err
}

// listener hears what becomes of steps, one after the other.
type listener interface {
	// row hears of each row of a step. An error is told to whoever asked, and undoes
	// nothing.
	row(step int, scan func(...any) error) error
	// done hears how many rows the step found or changed.
	done(step int, rows int64)
}

// own are steps of a single caller.
type own []*step

func (o own) row(i int, scan func(...any) error) error { return o[i].row(scan) }
func (o own) done(i int, rows int64)                   { o[i].changed = rows }

// run sends a caller's steps.
func (p *pool) run(ctx context.Context, conn *pgx.Conn, steps []*step) error {
	for _, st := range steps {
		st.begin()
	}
	_, err := p.ask(ctx, conn, steps, own(steps))
	return err
}

// ask sends steps in one round trip and tells l what comes back. failed is the step
// that the server refused; -1 if none is to blame.
func (p *pool) ask(ctx context.Context, conn *pgx.Conn, steps []*step, l listener) (failed int, err error) {
	if !p.exchanges {
		return p.batch(ctx, conn, steps, l)
	}
	x := exchanges.Get().(*exchange) //nolint:forcetypeassert // nothing else is put there
	defer x.putBack()
	known := prepared(conn.PgConn())
	fits, err := x.write(known, steps)
	if err != nil {
		return -1, err
	}
	if !fits {
		return p.batch(ctx, conn, steps, l)
	}
	ctx, ended := p.traced(ctx, conn, steps)
	defer func() { ended(err) }()
	return x.send(ctx, conn.PgConn(), known, l)
}

// traced tells the tracer of an exchange what pgx would tell it. The context is the
// tracer's.
func (p *pool) traced(ctx context.Context, conn *pgx.Conn, steps []*step) (_ context.Context, ended func(error)) {
	if p.tracer == nil {
		return ctx, func(error) {}
	}
	if len(steps) == 1 {
		ctx = p.tracer.TraceQueryStart(ctx, conn, pgx.TraceQueryStartData{SQL: textOf(steps[0].query).sql, Args: steps[0].args})
		return ctx, func(err error) { p.tracer.TraceQueryEnd(ctx, conn, pgx.TraceQueryEndData{Err: err}) }
	}
	of, ok := p.tracer.(pgx.BatchTracer)
	if !ok {
		return ctx, func(error) {}
	}
	ctx = of.TraceBatchStart(ctx, conn, pgx.TraceBatchStartData{Batch: queued(steps)})
	return ctx, func(err error) { of.TraceBatchEnd(ctx, conn, pgx.TraceBatchEndData{Err: err}) }
}

func queued(steps []*step) *pgx.Batch {
	b := &pgx.Batch{}
	for _, st := range steps {
		b.Queue(textOf(st.query).sql, st.args...)
	}
	return b
}

// batch is ask by pgx alone: where the way of asking is another than the usual one, and
// where there is much to send.
func (p *pool) batch(ctx context.Context, conn *pgx.Conn, steps []*step, l listener) (failed int, err error) {
	if len(steps) == 1 { // which a trace shows by its name
		rows, err := conn.Query(ctx, textOf(steps[0].query).sql, steps[0].args...)
		if err := hear(rows, err, 0, l); err != nil {
			return 0, err
		}
		return -1, nil
	}
	results := conn.SendBatch(ctx, queued(steps))
	defer func() { err = errors.Join(err, results.Close()) }() // here it is committed
	for i := range steps {
		rows, err := results.Query()
		if err := hear(rows, err, i, l); err != nil {
			return i, err
		}
	}
	return -1, nil
}

// hear tells l what came of one step.
func hear(rows pgx.Rows, err error, step int, l listener) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := l.row(step, rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	l.done(step, rows.CommandTag().RowsAffected())
	return nil
}

// text is a statement as the server wants it, with $1, $2, … in place of each ?, and
// its name on those connections that know it. A name says which text it is of: a pooler
// that knows nothing of names lends one process what another prepared, and an error is
// better than a statement that nobody asked for.
type text struct{ name, sql string }

// texts remembers what textOf made: there are as many as statements in this package,
// because none of them has more than a few lengths.
var texts sync.Map

func textOf(query string) *text {
	if t, ok := texts.Load(query); ok {
		return t.(*text)
	}
	var b strings.Builder
	parts := strings.Split(query, "?")
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part + "$" + strconv.Itoa(i+1))
	}
	b.WriteString(parts[len(parts)-1])
	sum := sha256.Sum256([]byte(query))
	t, _ := texts.LoadOrStore(query, &text{name: "idp_" + hex.EncodeToString(sum[:16]), sql: b.String()})
	return t.(*text)
}
