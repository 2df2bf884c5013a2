package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"idp/internal/secret"
)

// Security is how the connection to the mail server is protected.
type Security string

// The securities. Plain is accepted for loopback only; the configuration sees
// to that.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "none"
)

// Server is an SMTP server to hand mails to.
type Server struct {
	Host     string
	Port     int
	Security Security
	Username string
	Password secret.Token
	RootCAs  *x509.CertPool // nil: the system's
	Timeout  time.Duration  // for one command and its reply; 0: 20 s
}

const (
	sendTimeout = 20 * time.Second // for one command and its reply
	dialTimeout = 10 * time.Second
	keepIdle    = 20 * time.Second // shorter than what servers wait for the next command
)

// Sender hands messages to one server and keeps connections for the next ones.
type Sender struct {
	client  *gomail.Client
	name    string
	timeout time.Duration
	mu      sync.Mutex
	idle    []connection
}

type connection struct {
	smtp  *smtp.Client
	since time.Time
}

// NewSender makes a Sender. helo is our own name; no connection is made yet.
func NewSender(s Server, helo string) (*Sender, error) {
	timeout := cmp.Or(s.Timeout, sendTimeout)
	opts := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(timeout), gomail.WithHELO(helo),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}),
	}
	switch s.Security {
	case TLS:
		opts = append(opts, gomail.WithSSL())
	case Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Username), gomail.WithPassword(s.Password.Reveal()))
	}
	c, err := gomail.NewClient(s.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s.Host, err)
	}
	return &Sender{client: c, name: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), timeout: timeout}, nil
}

// Name is the server's address, for logs and status.
func (s *Sender) Name() string { return s.name }

// Send hands over one message. It reuses a kept connection, and makes a new one
// if the server has closed that meanwhile.
func (s *Sender) Send(ctx context.Context, m *gomail.Msg) error {
	for {
		c, kept, err := s.connect(ctx)
		if err != nil {
			return err
		}
		heard, err := s.dialogue(c, m)
		if err == nil {
			s.keep(c)
			return nil
		}
		_ = c.Close() // the failure to report is err
		if heard || !kept {
			return err
		}
	}
}

func (s *Sender) connect(ctx context.Context) (c *smtp.Client, kept bool, err error) {
	s.mu.Lock()
	for len(s.idle) > 0 {
		last := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if time.Since(last.since) < keepIdle {
			s.mu.Unlock()
			return last.smtp, true, nil
		}
		_ = last.smtp.Close() // it has nothing to say any more
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c, err = s.client.DialToSMTPClientWithContext(ctx)
	return c, false, err
}

func (s *Sender) keep(c *smtp.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, connection{c, time.Now()})
}

// Close says goodbye on all kept connections.
func (s *Sender) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.idle {
		_ = c.smtp.Quit() // nobody waits for the answer
	}
	s.idle = nil
}

// refused reports whether the server's reply is final, and the reply's code.
func refused(err error) (code int, final bool) {
	var r *reply
	if !errors.As(err, &r) {
		return 0, false
	}
	return r.Code, r.Code >= 500 && r.Code <= 599
}
