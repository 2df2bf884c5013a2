package smtpsink_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"idp/bench/smtpsink"
)

const patience = 5 * time.Second

func newSink(t *testing.T) (*smtpsink.Sink, string) {
	t.Helper()
	s, err := smtpsink.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, fmt.Sprintf("127.0.0.1:%d", s.Port())
}

func TestMailsReachWhoAwaitsThem(t *testing.T) {
	t.Parallel()
	s, addr := newSink(t)
	for _, m := range []struct{ to, text string }{{"a@example.com", "one"}, {"b@example.com", "two"}, {"a@example.com", ".three\r\n..four"}} {
		if err := smtp.SendMail(addr, nil, "login@example.com", []string{m.to}, []byte("Subject: x\r\n\r\n"+m.text+"\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct{ to, text string }{{"b@example.com", "two"}, {"a@example.com", "one"}, {"a@example.com", ".three\r\n..four"}} {
		got, err := s.Await(want.to, patience)
		if err != nil || !strings.HasSuffix(got, "\r\n\r\n"+want.text+"\r\n") {
			t.Errorf("to %s: %q, %v; want the text %q", want.to, got, err, want.text)
		}
	}
	if n, _ := s.Counts(); n != 3 {
		t.Errorf("%d messages counted, want 3", n)
	}
}

func TestPipelining(t *testing.T) {
	t.Parallel()
	s, addr := newSink(t)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprint(c, "EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
	fmt.Fprint(c, "hello\r\n.\r\nQUIT\r\n")
	in := bufio.NewReader(c)
	for _, code := range []string{"220 ", "250-", "250-", "250 ", "250 ", "250 ", "354 ", "250 ", "221 "} {
		if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, code) {
			t.Fatalf("answer %q, %v; want %s", line, err, code)
		}
	}
	if got, err := s.Await("b@example.com", patience); err != nil || got != "hello\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAwaitGivesUp(t *testing.T) {
	t.Parallel()
	s, _ := newSink(t)
	if _, err := s.Await("nobody@example.com", time.Millisecond); !errors.Is(err, smtpsink.ErrNoMail) {
		t.Errorf("error %v, want ErrNoMail", err)
	}
}
