package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// exchange is one round trip: the messages for some steps, which the server takes for
// one implicit transaction, and then what it answers. pgx has the same as SendBatch,
// with conversions between all types of Go and of the server. Steps have use for four,
// all as text: docs/decisions/2026-11-22-exchanges-of-our-own.md says what that saves.
type exchange struct {
	out    []byte
	steps  int
	parses []*text // what the server is told to prepare on the way, in this order
	bind   pgproto3.Bind
	texts  []byte // of the parameters of one step
	ends   []int  // of each parameter in texts
}

// exchanges are those that nobody uses, for what they hold.
var exchanges = sync.Pool{New: func() any { return newExchange() }}

// newExchange has texts from the start: no text at all, which nil stands for, is NULL.
func newExchange() *exchange { return &exchange{texts: make([]byte, 0, 1<<10)} }

// mostSent is what the buffers between here and the server hold at least. Who sends
// more must read meanwhile, or both sides can come to wait for each other.
const mostSent = 64 << 10

var (
	executeMessage = encoded(&pgproto3.Execute{})
	syncMessage    = encoded(&pgproto3.Sync{})
)

func encoded(m pgproto3.FrontendMessage) []byte {
	b, err := m.Encode(nil)
	if err != nil {
		panic(err) // a message of constants
	}
	return b
}

// prepared are the texts that the server of one connection was told to prepare, and
// whether it did, by what pgx keeps for whoever uses it.
func prepared(c *pgconn.PgConn) map[*text]bool {
	const key = "idp: prepared"
	known, ok := c.CustomData()[key].(map[*text]bool)
	if !ok {
		known = map[*text]bool{}
		c.CustomData()[key] = known
	}
	return known
}

// write makes the messages for steps. It reports whether they are few enough to be
// sent at once.
func (x *exchange) write(known map[*text]bool, steps []*step) (fits bool, err error) {
	x.out, x.steps, x.parses = x.out[:0], len(steps), x.parses[:0]
	for _, st := range steps {
		if err := x.step(known, st); err != nil {
			return false, fmt.Errorf("a step %w: %w", errUnsendable, err)
		}
		if len(x.out) > mostSent {
			return false, nil
		}
	}
	x.out = append(x.out, syncMessage...)
	return true, nil
}

func (x *exchange) step(known map[*text]bool, st *step) (err error) {
	t := textOf(st.query)
	if done, told := known[t]; !done && !slices.Contains(x.parses, t) {
		x.parses = append(x.parses, t)
		if told { // PgBouncer remembers a name that the server never came to, and hangs up at its second use
			if x.out, err = (&pgproto3.Close{ObjectType: 'S', Name: t.name}).Encode(x.out); err != nil {
				return err
			}
		}
		if x.out, err = (&pgproto3.Parse{Name: t.name, Query: t.sql}).Encode(x.out); err != nil {
			return err
		}
	}
	if err := x.parameters(st.args); err != nil {
		return err
	}
	x.bind.PreparedStatement = t.name
	if x.out, err = x.bind.Encode(x.out); err != nil {
		return err
	}
	x.out = append(x.out, executeMessage...)
	return nil
}

func (x *exchange) parameters(args []any) error {
	x.texts, x.ends = x.texts[:0], x.ends[:0]
	for _, a := range args {
		switch a := a.(type) {
		case string:
			x.texts = append(x.texts, a...)
		case int64:
			x.texts = strconv.AppendInt(x.texts, a, 10)
		case int:
			x.texts = strconv.AppendInt(x.texts, int64(a), 10)
		case bool:
			x.texts = strconv.AppendBool(x.texts, a)
		default:
			return fmt.Errorf("no parameter can be a %T", a)
		}
		x.ends = append(x.ends, len(x.texts))
	}
	x.bind.Parameters = x.bind.Parameters[:0]
	start := 0
	for _, end := range x.ends {
		x.bind.Parameters = append(x.bind.Parameters, x.texts[start:end])
		start = end
	}
	return nil
}

// putBack keeps x for the next exchange, unless it has grown out of the ordinary.
func (x *exchange) putBack() {
	if cap(x.out) <= 2*mostSent {
		exchanges.Put(x)
	}
}

// send sends what write made and tells l what comes back. failed is the step that
// the server refused or whose row l did; -1 if none is to blame. After an error the
// connection is closed or as good as before.
func (x *exchange) send(ctx context.Context, c *pgconn.PgConn, known map[*text]bool, l listener) (failed int, err error) {
	if err := ctx.Err(); err != nil {
		return -1, sent{err, false}
	}
	over := false
	defer func() {
		if !over {
			hangUp(c) // l may have panicked
		}
	}()
	for _, t := range x.parses {
		known[t] = false
	}
	if n, err := c.Conn().Write(x.out); err != nil {
		return -1, sent{err, n > 0}
	}
	failed = -1
	at, parsed := 0, 0
	for {
		m, lost := c.ReceiveMessage(ctx)
		var last *pgconn.PgError // the server, or OnPgError, closed the connection behind it
		if errors.As(lost, &last) {
			return x.whose(at), last
		}
		if lost != nil {
			return -1, sent{lost, true}
		}
		switch m := m.(type) {
		case *pgproto3.ParseComplete:
			known[x.parses[parsed]] = true
			parsed++
		case *pgproto3.DataRow:
			if err == nil {
				if err = l.row(at, columns(m.Values).scan); err != nil {
					failed = at
				}
			}
		case *pgproto3.CommandComplete:
			if err == nil {
				l.done(at, pgconn.NewCommandTag(string(m.CommandTag)).RowsAffected())
			}
			at++
		case *pgproto3.ErrorResponse: // the server passes over the rest
			failed, err = x.whose(at), pgconn.ErrorResponseToPgError(m)
		case *pgproto3.ReadyForQuery: // here it is committed
			over = true
			return failed, err
		}
	}
}

// whose is at, or -1 behind the last step: the commit failed.
func (x *exchange) whose(at int) int {
	if at == x.steps {
		return -1
	}
	return at
}

// sent is an error before or after the server may have heard of steps. Those that it
// heard of may be committed, whatever pgconn thinks of the message that did not come.
type sent struct {
	error
	heard bool
}

func (e sent) Unwrap() error { return e.error }

// SafeToRetry is what pgconn.SafeToRetry asks for.
func (e sent) SafeToRetry() bool { return !e.heard }

// errUnsendable is a fault of this program in one step.
var errUnsendable = errors.New("cannot be sent")

// hangUp closes a connection in the middle of an exchange. The server is told to leave
// what it is at: nobody waits for it. That comes first, because a pooler listens to
// nobody who is gone.
func hangUp(c *pgconn.PgConn) {
	if c.IsClosed() {
		return // pgconn did
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	_ = c.CancelRequest(ctx) // nobody may be there
	cancel()
	_ = c.Close(ctx) // without a farewell, which could take long
}

// columns are those of one row, as text.
type columns [][]byte

// scan is like that of pgx for the types that rows are made of.
func (c columns) scan(into ...any) (err error) {
	if len(into) != len(c) {
		return fmt.Errorf("a row has %d columns and not %d", len(c), len(into))
	}
	for i, text := range c {
		if text == nil {
			return fmt.Errorf("column %d is NULL", i+1)
		}
		switch into := into[i].(type) {
		case *string:
			*into = string(text)
		case *int64:
			*into, err = strconv.ParseInt(string(text), 10, 64)
		case *int:
			*into, err = strconv.Atoi(string(text))
		case *bool:
			*into, err = strconv.ParseBool(string(text))
		default:
			err = fmt.Errorf("no column can become a %T", into)
		}
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}
