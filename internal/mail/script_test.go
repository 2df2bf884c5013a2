package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a mail server that answers each command as told, or as a good server
// would. "cut" closes the connection, "hang" says nothing more, "slow" says one
// byte a second, "tls" begins TLS, "250 cut" takes the message and then cuts.
type script struct {
	mu       sync.Mutex
	replies  map[string]string // by command: CONNECT, EHLO, STARTTLS, MAIL, RCPT, DATA, END
	commands []string
	mails    []string          // that got a 250, as they came
	lines    map[string]string // the first of each command, whole
	most     int               // mails on one connection; 0: any number
	atOnce   int               // connections; 0: any number
	now, met int               // connections that there are, and were
	crowd    chan struct{}     // if not nil, messages are answered once it is closed, by the eighth connection
	open     []net.Conn
	ended    chan struct{} // if not nil, closed when a connection has ended
	tls      *tls.Config
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

// line is the first command of its kind that the server heard.
func (s *script) line(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines[command]
}

// set changes one answer while the server runs; "" is a good server's.
func (s *script) set(command, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply == "" {
		delete(s.replies, command)
		return
	}
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

var messageID = regexp.MustCompile(`(?im)^message-id:\s+(<[^>]+>)\r$`)

var codeIn = regexp.MustCompile(`(?m)^Your code: (\d{6})\r$`)

// ids are the Message-IDs of the mails that the server took.
func (s *script) ids() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		ids = append(ids, messageID.FindStringSubmatch(m)[1])
	}
	return ids
}

// path is RFC 5321 §4.1.1.2 and §4.1.1.3, without parameters.
var path = regexp.MustCompile(`^(MAIL FROM|RCPT TO):<[^<>@ ]+@[^<>@ ]+>\r\n$`)

// line is one connection to the server.
type line struct {
	*script
	c  net.Conn
	in *bufio.Reader

	had int // mails
}

func (s *script) serve(c net.Conn) {
	s.mu.Lock()
	s.open = append(s.open, c)
	s.mu.Unlock()
	l := &line{script: s, c: c, in: bufio.NewReader(c)}
	full := s.enter()
	defer func() {
		l.c.Close()
		s.leave()
		if s.ended != nil {
			close(s.ended)
		}
	}()
	if full {
		fmt.Fprint(l.c, "421 4.7.0 too many connections from you\r\n")
		return
	}
	if !l.answer("CONNECT") {
		return
	}
	for {
		said, err := l.in.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(strings.TrimSpace(said), " ")
		s.heard(command, said)
		if (command == "MAIL" || command == "RCPT") && !path.MatchString(said) {
			fmt.Fprint(l.c, "501 5.5.4 syntax error\r\n")
			continue
		}
		if command == "MAIL" && l.most > 0 && l.had == l.most {
			fmt.Fprint(l.c, "452 4.5.3 too many mails on this connection\r\n")
			continue
		}
		if !l.answer(strings.ToUpper(command)) {
			return
		}
		if strings.EqualFold(command, "DATA") && !l.message() {
			return
		}
	}
}

// enter counts a connection, and reports whether it is one too many.
func (s *script) enter() (full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now++
	if s.met++; s.met == 8 && s.crowd != nil {
		close(s.crowd)
	}
	return s.atOnce > 0 && s.now > s.atOnce
}

func (s *script) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
}

func (s *script) heard(command, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines == nil {
		s.lines = map[string]string{}
	}
	if s.lines[command] == "" {
		s.lines[command] = strings.TrimSpace(line)
	}
}

// message reads a message, if the server asked for one.
func (l *line) message() bool {
	l.mu.Lock()
	takes := l.replies["DATA"] == ""
	l.mu.Unlock()
	if !takes {
		return true
	}
	var text strings.Builder
	for {
		said, err := l.in.ReadString('\n')
		if err != nil {
			return false
		}
		if said == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(said, "."))
	}
	if l.crowd != nil {
		<-l.crowd
	}
	l.had++
	l.mu.Lock()
	if r := l.replies["END"]; r == "" || strings.HasPrefix(r, "250") {
		l.mails = append(l.mails, text.String())
	}
	l.mu.Unlock()
	return l.answer("END")
}

// answer reports whether the connection goes on.
func (l *line) answer(command string) bool {
	switch r := l.reply(command); r {
	case "cut":
		return false
	case "250 cut":
		fmt.Fprint(l.c, "250 ok\r\n")
		return false
	case "hang":
		_, _ = io.Copy(io.Discard, l.in) // until the other side gives up
		return false
	case "slow":
		return l.slowly("220 ready when you are\r\n")
	case "tls":
		fmt.Fprint(l.c, "220 go\r\n")
		l.c = tls.Server(l.c, l.tls)
		l.in = bufio.NewReader(l.c)
	case "":
		fmt.Fprint(l.c, "250 ok\r\n")
	default:
		fmt.Fprint(l.c, r+"\r\n")
	}
	return true
}

func (l *line) slowly(text string) bool {
	each := time.NewTicker(time.Second)
	defer each.Stop()
	for _, b := range []byte(text) {
		<-each.C
		if _, err := l.c.Write([]byte{b}); err != nil {
			return false
		}
	}
	return true
}

func (s *script) listen(t *testing.T) int {
	t.Helper()
	return s.listenAt(t, "127.0.0.1:0")
}

func (s *script) listenAt(t *testing.T, address string) int {
	t.Helper()
	l, err := net.Listen("tcp", address)
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

// certified gives the server a certificate for 127.0.0.1, and while CERT is set
// one for somebody else. It returns who vouches for both.
func (s *script) certified(t *testing.T) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	one := func(names []string, ips []net.IP) *tls.Certificate {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: names, IPAddresses: ips, IsCA: true, BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots.AddCert(parsed)
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	good, bad := one(nil, []net.IP{net.IPv4(127, 0, 0, 1)}), one([]string{"other.example.com"}, nil)
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.replies["CERT"] != "" {
			return bad, nil
		}
		return good, nil
	}}
	return roots
}
