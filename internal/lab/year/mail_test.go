package year_test

import (
	"net"
	"sync"
	"testing"

	"idp/internal/apptest"
	"idp/internal/inbox"
)

// mailServer is a mail provider that can be down.
type mailServer struct {
	net.Listener
	port int

	mu    sync.Mutex
	down  bool
	conns []net.Conn
}

func newMailServer(t *testing.T, store *inbox.Store, logs *apptest.Logs) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{Listener: l, port: l.Addr().(*net.TCPAddr).Port}
	s := inbox.NewSMTPServer(store, logs.Logger())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(m) }() // it always ends with an error, by Close
	t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
	return m
}

// Accept takes a connection, if the server is not down.
func (m *mailServer) Accept() (net.Conn, error) {
	for {
		c, err := m.Listener.Accept()
		if err != nil {
			return nil, err
		}
		m.mu.Lock()
		down := m.down
		if !down {
			m.conns = append(m.conns, c)
		}
		m.mu.Unlock()
		if !down {
			return c, nil
		}
		c.Close()
	}
}

// fail ends all connections and takes none until the returned function is called.
func (m *mailServer) fail() (heal func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = true
	for _, c := range m.conns {
		c.Close()
	}
	m.conns = nil
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.down = false
	}
}
