package mail_test

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// script is a mail server that answers each command as told, or as a good server
// would. "cut" closes the connection, "hang" says nothing more.
type script struct {
	mu       sync.Mutex
	replies  map[string]string // by command: CONNECT, EHLO, MAIL, RCPT, DATA, END
	commands []string
	open     []net.Conn
}

// hangUp ends the connections that wait for a next mail, as servers do.
func (s *script) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		c.Close()
	}
	s.open = nil
}

func (s *script) said(command string) bool { return s.times(command) > 0 }

func (s *script) times(command string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.commands {
		if c == command {
			n++
		}
	}
	return n
}

// set changes one answer while the server runs.
func (s *script) set(command, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[command] = reply
}

func (s *script) reply(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, command)
	if r, ok := s.replies[command]; ok {
		return r
	}
	return map[string]string{"CONNECT": "220 ready", "EHLO": "250 hello", "DATA": "354 go on", "QUIT": "221 bye"}[command]
}

// path is RFC 5321 §4.1.1.2 and §4.1.1.3, without parameters.
var path = regexp.MustCompile(`^(MAIL FROM|RCPT TO):<[^<>@ ]+@[^<>@ ]+>\r\n$`)

// serve answers on one connection.
func (s *script) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.open = append(s.open, c)
	s.mu.Unlock()
	in := bufio.NewReader(c)
	answer := func(command string) bool {
		switch r := s.reply(command); r {
		case "cut":
			return false
		case "hang":
			_, _ = in.ReadByte() // until the other side gives up
			return false
		case "":
			fmt.Fprint(c, "250 ok\r\n")
		default:
			fmt.Fprint(c, r+"\r\n")
		}
		return true
	}
	if !answer("CONNECT") {
		return
	}
	s.mu.Lock()
	takesData := s.replies["DATA"] == ""
	s.mu.Unlock()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if (command == "MAIL" || command == "RCPT") && !path.MatchString(line) {
			fmt.Fprint(c, "501 5.5.4 syntax error\r\n")
			continue
		}
		if !answer(strings.ToUpper(command)) {
			return
		}
		if !strings.EqualFold(command, "DATA") || !takesData {
			continue
		}
		for line != ".\r\n" {
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
		}
		if !answer("END") {
			return
		}
	}
}

func (s *script) listen(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}
