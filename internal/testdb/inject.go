package testdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
)

// Fault is what a Proxy says in the server's place: an error with this SQLSTATE,
// and nothing of the request reaches the server. If there was a transaction, it is
// over, as it is for a server that cannot commit.
type Fault struct{ Code string }

// fatal reports whether the server hangs up after it.
func (f *Fault) fatal() bool {
	return strings.HasPrefix(f.Code, "57P") || strings.HasPrefix(f.Code, "08") || f.Code == "53300"
}

// answer is an ErrorResponse of the protocol, with a ReadyForQuery after those that
// do not end the connection.
func (f *Fault) answer() []byte {
	severity := "ERROR"
	if f.fatal() {
		severity = "FATAL"
	}
	body := "S" + severity + "\x00V" + severity + "\x00C" + f.Code + "\x00Minjected\x00\x00"
	out := append([]byte{'E'}, binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))...)
	out = append(out, body...)
	if !f.fatal() {
		out = append(out, 'Z', 0, 0, 0, 5, 'I')
	}
	return out
}

// Inject lets the n-th request from now on fail, the first being 1. A request is
// whatever the client sends until it waits for an answer.
func (p *Proxy) Inject(n int, f *Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bursts, p.fault = -n, f
}

// Hit reports whether the fault of Inject was met.
func (p *Proxy) Hit() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault != nil && p.bursts >= 0
}

// injected counts a request and returns the fault that it meets, if any.
func (p *Proxy) injected(started bool) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !started || p.fault == nil || p.bursts >= 0 {
		return nil
	}
	if p.bursts++; p.bursts == 0 {
		return p.fault
	}
	return nil
}

// burst reads the messages of a client until one that asks for an answer.
type burst struct {
	in      net.Conn
	started bool // the first message is over, which has no type
	greeted bool
	names   map[string]bool // of prepared statements
}

// errNamedTwice ends the connection of a client that prepares two statements of one
// name, whether or not the server came to the first: so does PgBouncer.
var errNamedTwice = errors.New("prepared statement name is already in use")

func (b *burst) name(message byte, body []byte) error {
	switch message {
	case 'P': // Parse
		name, _, _ := bytes.Cut(body, []byte{0})
		if len(name) > 0 && b.names[string(name)] {
			return errNamedTwice
		}
		b.names[string(name)] = true
	case 'C': // Close, of what it says first
		delete(b.names, string(bytes.TrimRight(body[1:], "\x00")))
	}
	return nil
}

func (b *burst) next() ([]byte, error) {
	b.started = b.greeted
	var whole []byte
	for {
		head := make([]byte, 5)
		if !b.greeted {
			head = head[:4]
		}
		if _, err := io.ReadFull(b.in, head); err != nil {
			return nil, err
		}
		body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
		if _, err := io.ReadFull(b.in, body); err != nil {
			return nil, err
		}
		whole = append(append(whole, head...), body...)
		if !b.greeted {
			b.greeted = true
			return whole, nil
		}
		if err := b.name(head[0], body); err != nil {
			return nil, err
		}
		switch head[0] {
		case 'S', 'Q', 'H', 'X', 'p': // Sync, Query, Flush, Terminate, password
			return whole, nil
		}
	}
}
