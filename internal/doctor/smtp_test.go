package doctor

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/mail"
	"idp/internal/secret"
)

// mailServer is an SMTP server on loopback.
type mailServer struct {
	cert       *tls.Certificate // nil: no STARTTLS
	implicit   bool             // TLS from the first byte
	extensions []string
	auth       string // the answer to AUTH; "" if it is not offered
	greeting   string

	mu    sync.Mutex
	mails []string
}

func (s *mailServer) listen(t *testing.T) int {
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

func (s *mailServer) serve(c net.Conn) {
	defer func() { c.Close() }()
	if s.implicit {
		c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
	}
	secure := s.implicit
	in := bufio.NewReader(c)
	fmt.Fprintf(c, "%s\r\n", or(s.greeting, "220 ready"))
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch command, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); command {
		case "EHLO":
			for _, e := range s.offers(secure) {
				fmt.Fprintf(c, "250-%s\r\n", e)
			}
			fmt.Fprint(c, "250 HELP\r\n")
		case "STARTTLS":
			fmt.Fprint(c, "220 go\r\n")
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
			in, secure = bufio.NewReader(c), true
		case "AUTH":
			fmt.Fprintf(c, "%s\r\n", s.auth)
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			s.message(in)
			fmt.Fprint(c, "250 taken\r\n")
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

func (s *mailServer) offers(secure bool) []string {
	all := append([]string{"hello"}, s.extensions...)
	if s.cert != nil && !secure {
		all = append(all, "STARTTLS")
	}
	if s.auth != "" {
		all = append(all, "AUTH PLAIN")
	}
	return all
}

func (s *mailServer) message(in *bufio.Reader) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, b.String())
}

// taken are the mails that came.
func (s *mailServer) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// newProvider makes a provider of a server.
func newProvider(t *testing.T, port int, security mail.Security, roots *x509.CertPool, password string) Provider {
	t.Helper()
	server := mail.Server{Host: "127.0.0.1", Port: port, Security: security, RootCAs: roots, Timeout: 2 * time.Second}
	if password != "" {
		server.Username, server.Password = "idp", secret.TokenOf(password)
	}
	sender, err := mail.NewSMTP(server, "login.example.com")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	return Provider{Name: "smtp", Host: "127.0.0.1", Port: port, Sender: sender}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	good, goodRoots := newCertificate(t, time.Now().Add(100*24*time.Hour), "127.0.0.1")
	ending, endingRoots := newCertificate(t, time.Now().Add(3*24*time.Hour+time.Minute), "127.0.0.1")
	ended, endedRoots := newCertificate(t, time.Now().Add(-time.Hour), "127.0.0.1")
	other, otherRoots := newCertificate(t, time.Now().Add(time.Hour), "other.example.com")
	all := []string{"PIPELINING", "SIZE 10000000", "8BITMIME"}
	for name, c := range map[string]struct {
		server   *mailServer
		security mail.Security
		roots    *x509.CertPool
		password string
		want     Severity
		seen     string
	}{
		"STARTTLS":        {&mailServer{cert: &good, extensions: all}, mail.StartTLS, goodRoots, "", OK, "TLS 1.3"},
		"implicit TLS":    {&mailServer{cert: &good, implicit: true, extensions: all}, mail.TLS, goodRoots, "", OK, "TLS 1.3"},
		"authentication":  {&mailServer{cert: &good, extensions: all, auth: "235 welcome"}, mail.StartTLS, goodRoots, "secret", OK, "works"},
		"plain, loopback": {&mailServer{extensions: all}, mail.Plain, nil, "", Note, "without TLS"},
		"no PIPELINING":   {&mailServer{cert: &good}, mail.StartTLS, goodRoots, "", Note, "PIPELINING"},
		"small mails":     {&mailServer{cert: &good, extensions: []string{"SIZE 1000"}}, mail.StartTLS, goodRoots, "", Problem, "1000 bytes"},
		"no STARTTLS":     {&mailServer{extensions: all}, mail.StartTLS, goodRoots, "", Problem, "does not offer STARTTLS"},
		"wrong name":      {&mailServer{cert: &other}, mail.StartTLS, otherRoots, "", Problem, "not for 127.0.0.1"},
		"not trusted":     {&mailServer{cert: &good}, mail.StartTLS, otherRoots, "", Problem, "not trusted"},
		"ended":           {&mailServer{cert: &ended}, mail.StartTLS, endedRoots, "", Problem, "it ended on"},
		"ends soon":       {&mailServer{cert: &ending, extensions: all}, mail.StartTLS, endingRoots, "", Warning, "ends in 3 days"},
		"refused":         {&mailServer{cert: &good, auth: "535 5.7.8 no"}, mail.StartTLS, goodRoots, "wrong", Problem, "refuses the authentication: 535"},
		"no common way":   {&mailServer{cert: &good}, mail.StartTLS, goodRoots, "secret", Problem, "authentication"},
		"turned away":     {&mailServer{greeting: "554 5.7.1 go away"}, mail.StartTLS, goodRoots, "", Problem, "554"},
	} {
		s := newSubject(t, "https://login.example.com", "")
		p := newProvider(t, c.server.listen(t), c.security, c.roots, c.password)
		wants(t, name, s.providerOf(p)(t.Context()), c.want, c.seen)
		if len(c.server.taken()) > 0 {
			t.Errorf("%s: a mail was sent", name)
		}
		for _, f := range s.providerOf(p)(t.Context()) {
			text := f.Seen + f.Fix
			if c.password != "" && (strings.Contains(text, c.password+" ") || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("\x00idp\x00"+c.password)))) {
				t.Errorf("%s: the password is shown: %s", name, text)
			}
		}
	}
	closed := newProvider(t, 1, mail.StartTLS, nil, "")
	wants(t, "nobody there", newSubject(t, "https://login.example.com", "").providerOf(closed)(t.Context()), Problem, "nobody answers at 127.0.0.1:1:")
}

func TestProviderSettings(t *testing.T) {
	t.Parallel()
	s := newSubject(t, "https://login.example.com", "")
	for name, c := range map[string]struct {
		provider Provider
		want     Severity
		seen     string
	}{
		"preset":         {Provider{Preset: "mailgun"}, OK, "switched off"},
		"knows no way":   {Provider{Preset: "ses"}, Note, "in the account of ses"},
		"own":            {Provider{Host: "mail.example.com"}, OK, "of your own"},
		"without preset": {Provider{Host: "smtp.sendgrid.net"}, Warning, "set preset: sendgrid"},
		"a program":      {Provider{Hook: "https://mailer.example.com/"}, Note, "program"},
	} {
		wants(t, name, s.settingsOf(c.provider)(t.Context()), c.want, c.seen)
	}
}
