package pgtap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Tap is one proxy. It is safe for concurrent use.
type Tap struct {
	server   string
	listener net.Listener
	mu       sync.Mutex
	counts   Counts
	open     map[net.Conn]bool
}

// Listen starts a Tap on a free port of the loopback in front of the server at
// the given host:port.
func Listen(server string) (*Tap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("tap: %w", err)
	}
	t := &Tap{server: server, listener: l, open: map[net.Conn]bool{}}
	go t.accept()
	return t, nil
}

// Addr is where clients connect.
func (t *Tap) Addr() string { return t.listener.Addr().String() }

// Counts returns what passed so far, over all connections.
func (t *Tap) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts
}

// Close ends the proxy and all connections through it.
func (t *Tap) Close() error {
	err := t.listener.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.open {
		err = errors.Join(err, c.Close())
	}
	t.open = nil
	return err
}

func (t *Tap) accept() {
	for {
		client, err := t.listener.Accept()
		if err != nil {
			return
		}
		go t.serve(client)
	}
}

func (t *Tap) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", t.server)
	if err != nil {
		return // the client sees the connection end, as it would without a tap
	}
	defer server.Close()
	t.mu.Lock()
	closed := t.open == nil
	if !closed {
		t.open[client] = true
	}
	t.mu.Unlock()
	if closed {
		return
	}
	defer func() {
		t.mu.Lock()
		delete(t.open, client)
		t.mu.Unlock()
	}()
	go func() {
		io.Copy(server, client) // its end is the end of the client
		server.Close()
	}()
	t.relay(client, server)
}

// relay copies the server's messages to the client. A message is counted before
// the client can see it, so that a count taken after an answer contains it.
func (t *Tap) relay(client io.Writer, server io.Reader) {
	in, out := bufio.NewReaderSize(server, 16<<10), bufio.NewWriterSize(client, 16<<10)
	var v conversation
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		body := make([]byte, max(4, binary.BigEndian.Uint32(head[1:]))-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		add := v.next(head[0], body)
		t.mu.Lock()
		t.counts = Counts{t.counts.Statements + add.Statements, t.counts.Commits + add.Commits, t.counts.RoundTrips + add.RoundTrips}
		t.mu.Unlock()
		out.Write(head[:]) // a failed write is reported by Flush
		out.Write(body)
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return
			}
		}
	}
}
