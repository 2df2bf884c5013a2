package storage

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// deadlines remembers what is set on a connection.
type deadlines struct {
	net.Conn
	set []time.Time
}

func (d *deadlines) SetDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return d.Conn.SetDeadline(t)
}

func impatientPair(t *testing.T) (*impatient, *deadlines, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	seen := &deadlines{Conn: near}
	c, err := dialImpatient(func(context.Context, string, string) (net.Conn, error) { return seen, nil })(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return c.(*impatient), seen, far
}

// Nobody waits for ever, and the statements of one moment share one deadline.
func TestDeadlineIsSharedAndRenewed(t *testing.T) {
	t.Parallel()
	c, seen, far := impatientPair(t)
	go func() { _, _ = far.Write(make([]byte, 100)) }()
	for range 100 {
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(seen.set); n != 1 {
		t.Fatalf("a hundred reads set %d deadlines", n)
	}
	if left := time.Until(seen.set[0]); left <= patience-rearm || left > patience {
		t.Fatalf("the deadline comes in %s", left)
	}
	c.armed.Store(int64(time.Since(c.dialed) - rearm)) // a moment later
	go func() { _, _ = far.Read(make([]byte, 1)) }()
	if _, err := c.Write([]byte("x")); err != nil || len(seen.set) != 2 {
		t.Fatalf("a moment later: %v, %d deadlines", err, len(seen.set))
	}
}

// What a context has ended stays ended until pgx says otherwise, and then has a
// deadline again.
func TestEndedContextsAreNotProlonged(t *testing.T) {
	t.Parallel()
	c, seen, far := impatientPair(t)
	if err := c.SetDeadline(longAgo); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a read after the end: %v", err)
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = far.Write([]byte("x")) }()
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if last := seen.set[len(seen.set)-1]; time.Until(last) <= patience-rearm {
		t.Fatalf("the last deadline is %s", last)
	}
}
