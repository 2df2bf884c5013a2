package smtpsink

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Sink is one server. It is safe for concurrent use.
type Sink struct {
	listener net.Listener
	boxes    sync.Map // address → chan string
	commands atomic.Int64
	messages atomic.Int64
}

// perBox bounds the mails that wait for one address.
const perBox = 64

// ErrNoMail says that no message came in time.
var ErrNoMail = errors.New("no mail came")

// Listen starts a Sink on a free port of the loopback.
func Listen() (*Sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	s := &Sink{listener: l}
	go s.accept()
	return s, nil
}

// Port is where the Sink listens.
func (s *Sink) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Close stops listening. Connections end when their clients hang up.
func (s *Sink) Close() error { return s.listener.Close() }

// Counts returns how many messages came, and how many SMTP commands.
func (s *Sink) Counts() (messages, commands int64) { return s.messages.Load(), s.commands.Load() }

// Await returns the oldest message to address that nobody took, as it was sent,
// header first. It returns ErrNoMail if none comes within the patience.
func (s *Sink) Await(address string, patience time.Duration) (string, error) {
	box := s.box(address)
	select {
	case m := <-box:
		return m, nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case m := <-box:
		return m, nil
	case <-timer.C:
		return "", fmt.Errorf("await mail to %s: %w", address, ErrNoMail)
	}
}

func (s *Sink) box(address string) chan string {
	if b, ok := s.boxes.Load(address); ok {
		return b.(chan string)
	}
	b, _ := s.boxes.LoadOrStore(address, make(chan string, perBox))
	return b.(chan string)
}

// deliver reports whether there was room for the message.
func (s *Sink) deliver(address, message string) bool {
	select {
	case s.box(address) <- message:
		s.messages.Add(1)
		return true
	default:
		return false
	}
}

func (s *Sink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.serve(c)
	}
}
