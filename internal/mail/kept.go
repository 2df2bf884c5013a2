package mail

import (
	"context"
	"errors"
	"net/textproto"
	"slices"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// connection is one that is kept for the next letter.
type connection struct {
	smtp  *smtp.Client
	since time.Time
}

// connect finds a connection for a letter. kept reports that it was another's
// before. If there is no error, keep or leave follows.
func (s *SMTP) connect(ctx context.Context) (c *smtp.Client, kept bool, err error) {
	if c = s.take(); c != nil {
		return c, true, nil
	}
	patient, cancel := context.WithTimeout(ctx, s.left(ctx, connectTimeout))
	defer cancel()
	for {
		if c, err = s.dial(ctx); err == nil {
			return c, false, nil
		}
		var full *textproto.Error
		if !errors.As(err, &full) || full.Code != codeClosing {
			s.leave()
			return nil, false, err
		}
		next, again := s.turn(patient)
		if next != nil {
			return next, true, nil
		}
		if !again {
			return nil, false, err
		}
	}
}

// take is the connection that was kept last; nil if there is none.
func (s *SMTP) take() *smtp.Client {
	s.mu.Lock()
	s.busy++
	old, c := s.expired(), s.pop()
	s.mu.Unlock()
	hangUp(old)
	return c
}

// pop takes the connection that was kept last; nil if there is none. The caller
// holds mu.
func (s *SMTP) pop() (c *smtp.Client) {
	if last := len(s.idle) - 1; last >= 0 {
		c, s.idle = s.idle[last].smtp, s.idle[:last]
	}
	return c
}

// keep gives a connection to the letter that waits for one, or keeps it.
func (s *SMTP) keep(c *smtp.Client) {
	s.mu.Lock()
	old := s.expired()
	if !s.pass(c) {
		s.idle = append(s.idle, connection{c, time.Now()})
	}
	s.mu.Unlock()
	hangUp(old)
}

// leave says that a letter's connection has ended: there may be room for another.
func (s *SMTP) leave() {
	s.mu.Lock()
	s.pass(nil)
	s.mu.Unlock()
}

// pass gives a letter's connection, or nil for its place, to the one that waits
// longest, and reports whether any did. The caller holds mu.
func (s *SMTP) pass(c *smtp.Client) bool {
	if len(s.waiting) == 0 {
		s.busy--
		return false
	}
	s.waiting[0] <- c // it has room for one
	s.waiting = s.waiting[1:]
	return true
}

// turn waits for a connection of another letter, when the server wants no more of
// them than there are: next is that connection, or again says that one has ended. It
// does not wait if there are none, or longer than ctx.
func (s *SMTP) turn(ctx context.Context) (next *smtp.Client, again bool) {
	turn := make(chan *smtp.Client, 1)
	s.mu.Lock()
	if c := s.pop(); c != nil {
		s.mu.Unlock()
		return c, true
	}
	if s.busy == 1 {
		s.pass(nil)
		s.mu.Unlock()
		return nil, false
	}
	s.busy--
	s.waiting = append(s.waiting, turn)
	s.mu.Unlock()
	select {
	case next = <-turn:
		return next, true
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, turn); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
		return nil, false
	}
	if next = <-turn; next == nil { // it came at the last moment
		s.pass(nil)
	}
	return next, false
}

// expired takes away the connections that were kept for too long, which are the first
// ones: steady work always takes the last. The caller holds mu.
func (s *SMTP) expired() []connection {
	n := 0
	for n < len(s.idle) && time.Since(s.idle[n].since) >= keepIdle {
		n++
	}
	old := slices.Clone(s.idle[:n])
	s.idle = slices.Delete(s.idle, 0, n)
	return old
}

func hangUp(old []connection) {
	for _, c := range old {
		_ = c.smtp.Close() // it has nothing to say any more
	}
}
