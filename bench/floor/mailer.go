package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"strings"
	"time"
)

type letter struct{ to, link string }

// mailer sends letters over one kept connection, in their order.
type mailer struct {
	server string
	queue  chan letter
	conn   net.Conn
	in     *bufio.Reader
}

func newMailer(server string) *mailer { return &mailer{server: server, queue: make(chan letter, 1024)} }

func (m *mailer) send(l letter) { m.queue <- l }

func (m *mailer) run() {
	for l := range m.queue {
		err := m.deliver(l)
		if err != nil {
			m.conn = nil // once more, with a new connection
			err = m.deliver(l)
		}
		if err != nil {
			log.Println("mail:", err)
		}
	}
}

// deliver says the envelope in one write (RFC 2920) and the message in a second.
func (m *mailer) deliver(l letter) error {
	if m.conn == nil {
		if err := m.connect(); err != nil {
			return err
		}
	}
	if err := m.say("250 250 354", "MAIL FROM:<login@example.com>\r\nRCPT TO:<%s>\r\nDATA\r\n", l.to); err != nil {
		return err
	}
	return m.say("250", "From: Sign-in <login@example.com>\r\nTo: <%s>\r\nSubject: Your link\r\nDate: %s\r\n\r\nSign in: %s\r\n.\r\n",
		l.to, time.Now().Format(time.RFC1123Z), l.link)
}

func (m *mailer) connect() (err error) {
	if m.conn, err = net.Dial("tcp", m.server); err != nil {
		return err
	}
	m.in = bufio.NewReader(m.conn)
	return m.say("220 250", "EHLO localhost\r\n")
}

// say writes and reads one reply for each of the codes.
func (m *mailer) say(codes, format string, args ...any) error {
	if _, err := fmt.Fprintf(m.conn, format, args...); err != nil {
		return err
	}
	for code := range strings.FieldsSeq(codes) {
		line := "   -"
		for len(line) > 3 && line[3] == '-' { // the last line of a reply has a space there
			var err error
			if line, err = m.in.ReadString('\n'); err != nil {
				return err
			}
		}
		if !strings.HasPrefix(line, code) {
			return fmt.Errorf("the mail server says %q", line)
		}
	}
	return nil
}
