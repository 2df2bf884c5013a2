package testdb

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Proxy stands between a store and its PostgreSQL server and does to the
// connections what networks and failovers do.
type Proxy struct {
	// URL is the database's address through the proxy.
	URL string

	target string
	wg     sync.WaitGroup

	mu     sync.Mutex
	mode   mode
	delay  time.Duration
	conns  map[net.Conn]bool
	fault  *Fault
	bursts int // of requests, since Inject
	closed bool
}

type mode int

const (
	pass   mode = iota
	refuse      // whoever connects is cut off
	hole        // what is sent arrives nowhere
	mute        // what is sent arrives, but no answer
)

// NewProxy stands in front of the database at address until the test ends.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{target: u.Host, conns: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	p.URL = u.String()
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.Cut()
		p.wg.Wait()
	})
	return p
}

// Pass lets everything through, from now on.
func (p *Proxy) Pass() { p.set(pass, 0) }

// Slow lets everything through, each answer later by d.
func (p *Proxy) Slow(d time.Duration) { p.set(pass, d) }

// Refuse cuts all connections and whoever connects anew.
func (p *Proxy) Refuse() {
	p.set(refuse, 0)
	p.Cut()
}

// Swallow keeps all connections open and lets nothing through.
func (p *Proxy) Swallow() { p.set(hole, 0) }

// KeepAnswers lets everything through to the server, and nothing back.
func (p *Proxy) KeepAnswers() { p.set(mute, 0) }

func (p *Proxy) set(m mode, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode, p.delay = m, d
}

// Cut closes all connections, once.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) state() (mode, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode, p.delay
}

// keep remembers a connection, or reports that there is no use for it any more.
func (p *Proxy) keep(c net.Conn, open bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !open {
		delete(p.conns, c)
		return true
	}
	p.conns[c] = true
	return !p.closed
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	if m, _ := p.state(); m == refuse || !p.keep(client, true) {
		return
	}
	defer p.keep(client, false)
	server, err := net.Dial("tcp", p.target)
	if err != nil || !p.keep(server, true) {
		return
	}
	defer p.keep(server, false)
	defer server.Close()
	r := newRollback()
	p.wg.Go(func() {
		defer client.Close()
		defer server.Close()
		defer close(r.gone)
		p.answers(client, server, r)
	})
	p.requests(client, server, r)
}

// stranger reports whether the first that a client says is to cancel something though
// nobody else is there any more. A pooler does not pass that on: it knows whom it serves.
func (p *Proxy) stranger(client net.Conn, first []byte) bool {
	if len(first) < 8 || binary.BigEndian.Uint32(first[4:]) != cancelRequest {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if c != client && c.LocalAddr().String() == client.LocalAddr().String() && !left(c) {
			return false
		}
	}
	return true
}

const cancelRequest = 80877102

// left reports whether a client said goodbye or hung up, before anybody came to read it.
func left(client net.Conn) bool {
	c, err := client.(*net.TCPConn).SyscallConn()
	if err != nil {
		return true
	}
	next, n := make([]byte, 1), 0
	failed := c.Control(func(fd uintptr) { n, _, err = syscall.Recvfrom(int(fd), next, syscall.MSG_PEEK|syscall.MSG_DONTWAIT) })
	return failed != nil || err == nil && (n == 0 || next[0] == 'X')
}

// answers passes on what the server says.
func (p *Proxy) answers(client, server net.Conn, r *rollback) {
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		if n > 0 && r.takes(buf[:n]) {
			continue
		}
		m, delay := p.state()
		if delay > 0 {
			<-time.After(delay) // the network's own time
		}
		if m == pass && n > 0 {
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// requests passes on what the client says, one burst after the other.
func (p *Proxy) requests(client, server net.Conn, r *rollback) {
	b := &burst{in: client, names: map[string]bool{}}
	for {
		whole, err := b.next()
		if err != nil || !b.started && p.stranger(client, whole) {
			return
		}
		m, _ := p.state()
		if m != pass && m != mute {
			_, _ = io.Copy(io.Discard, client) // until it goes
			return
		}
		if f := p.injected(b.started); f != nil {
			if !f.fatal() && !r.send(server) {
				return
			}
			if _, err := client.Write(f.answer()); err != nil || f.fatal() {
				return
			}
			continue
		}
		if _, err := server.Write(whole); err != nil {
			return
		}
	}
}
