package storage

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// impatient is a connection to PostgreSQL on which nobody waits for a byte longer
// than patience. One deadline serves all statements of a moment: it costs them
// nothing, where a context with a deadline for each would cost a tenth of a short one.
type impatient struct {
	net.Conn
	dialed time.Time
	armed  atomic.Int64 // when the deadline was set, since dialed; 0 for never
	held   atomic.Bool  // somebody else has set one
}

// rearm is how old a deadline may become, and so how much earlier than patience it
// can come: later still than the server's own limit of a statement.
const rearm = 500 * time.Millisecond

// dialImpatient wraps what dial gives.
func dialImpatient(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &impatient{Conn: c, dialed: time.Now()}, nil
	}
}

func (c *impatient) Read(b []byte) (int, error) {
	c.arm()
	return c.Conn.Read(b)
}

func (c *impatient) Write(b []byte) (int, error) {
	c.arm()
	return c.Conn.Write(b)
}

func (c *impatient) arm() {
	now := int64(time.Since(c.dialed))
	if armed := c.armed.Load(); c.held.Load() || armed != 0 && now-armed < int64(rearm) {
		return
	}
	c.armed.Store(now)
	_ = c.Conn.SetDeadline(time.Now().Add(patience)) // it fails only on a closed connection
	if c.held.Load() {
		_ = c.Conn.SetDeadline(longAgo) // a context ended in between
	}
}

var longAgo = time.Unix(1, 0)

// SetDeadline is how pgx ends what a context no longer wants, by a time long ago, and
// allows more again, by none.
func (c *impatient) SetDeadline(t time.Time) error {
	c.held.Store(!t.IsZero())
	c.armed.Store(0)
	return c.Conn.SetDeadline(t)
}
