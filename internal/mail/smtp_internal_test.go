package mail

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// newKept is a connection that was kept so long ago, and its server's end.
func newKept(t *testing.T, ago time.Duration) (connection, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = errors.Join(ours.Close(), theirs.Close()) })
	go func() { _, _ = io.WriteString(theirs, "220 ready\r\n") }()
	c, err := smtp.NewClient(ours, "mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return connection{c, time.Now().Add(-ago)}, theirs
}

func hungUp(t *testing.T, server net.Conn) bool {
	t.Helper()
	if err := server.SetReadDeadline(time.Now()); err != nil {
		return true // a pipe without its other end has no deadlines
	}
	_, err := server.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

// Steady work takes the last connection again and again: those below it are hung up
// when they are too old, whenever one is taken or kept.
func TestOldConnectionsAreHungUp(t *testing.T) {
	t.Parallel()
	old, oldServer := newKept(t, keepIdle)
	next, nextServer := newKept(t, 0)
	last, _ := newKept(t, 0)
	s := &SMTP{idle: []connection{old, next, last}}
	c, kept, err := s.connect(t.Context())
	if c != last.smtp || !kept || err != nil || len(s.idle) != 1 {
		t.Errorf("taken: %v %v, %d are kept", kept, err, len(s.idle))
	}
	if !hungUp(t, oldServer) || hungUp(t, nextServer) {
		t.Error("taking one does not hang up the old one alone")
	}
	s.idle[0].since = time.Now().Add(-keepIdle)
	s.keep(c)
	if !hungUp(t, nextServer) || len(s.idle) != 1 || s.idle[0].smtp != c {
		t.Errorf("keeping one does not hang up the old one: %d are kept", len(s.idle))
	}
}

// A refusal names what was refused, be it a command or the message.
func TestRefusalsNameWhatWasRefused(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"MAIL", "DATA", "the message"} {
		c, server := newKept(t, 0)
		go func() { _, _ = io.WriteString(server, "554 no\r\n") }()
		if err := answer(c.smtp, what); err == nil || errors.Unwrap(err).Error() != what+": replied 554" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A server that looks into a mail before it takes it may be slow to say so. Who hangs
// up on it has sent the letter all the same, and sends it again (RFC 5321 §4.5.3.2.6).
func TestServerThatTakesItsTime(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]bool{25 * time.Second: true, 35 * time.Second: false} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			var server sync.WaitGroup
			server.Go(func() {
				in := bufio.NewReader(theirs)
				_, _ = io.WriteString(theirs, "220 ready\r\n")
				for said := ""; said != ".\r\n"; {
					command, _, _ := strings.Cut(strings.TrimSpace(said), " ")
					if answer := map[string]string{"EHLO": "250 hello\r\n", "MAIL": "250 ok\r\n", "RCPT": "250 ok\r\n", "DATA": "354 go on\r\n"}[command]; answer != "" {
						_, _ = io.WriteString(theirs, answer)
					}
					if said, _ = in.ReadString('\n'); said == "" {
						return
					}
				}
				<-time.After(took)
				_, _ = io.WriteString(theirs, "250 taken\r\n")
			})
			c, err := smtp.NewClient(ours, "mail.example.com")
			if err != nil {
				t.Fatal(err)
			}
			s := &SMTP{limit: messageTimeout}
			ctx, cancel := context.WithTimeout(t.Context(), Lease-margin)
			defer cancel()
			began := time.Now()
			_, err = s.dialogue(ctx, c, &Message{From: "login@example.com", To: "ada@example.com", Raw: "Subject: hello\r\n\r\nhello\r\n"})
			if (err == nil) != want || time.Since(began) > Lease-margin {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			_ = errors.Join(c.Close(), theirs.Close())
			server.Wait()
		})
	}
}
