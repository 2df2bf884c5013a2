package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

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
	Headers  []Header       // in front of every message
	Timeout  time.Duration  // instead of those below, where it is shorter; 0: none
}

// How long a server may take. Whoever hangs up on one that has the message sends it
// twice, so that gets all that is left of the letter's lease.
const (
	connectTimeout  = 5 * time.Second // until we may say who we are writing to
	envelopeTimeout = 8 * time.Second // until it takes the message
	messageTimeout  = Lease - margin
	keepIdle        = 20 * time.Second // shorter than what servers wait for the next command
)

// SMTP hands messages to one server and keeps connections for the next ones. It
// is a Sender.
type SMTP struct {
	server  Server
	helo    string
	tls     *tls.Config
	headers string
	limit   time.Duration
	mu      sync.Mutex
	idle    []connection
	busy    int                 // letters that have a connection, or are making one
	waiting []chan *smtp.Client // letters for which the server had no connection: see turn
}

// NewSMTP makes an SMTP. helo is our own name; no connection is made yet.
func NewSMTP(s Server, helo string) (*SMTP, error) {
	if s.Host == "" || s.Port < 1 || s.Port > 65535 {
		return nil, fmt.Errorf("mail server %s: there is no such host and port", s.address())
	}
	return &SMTP{
		server: s, helo: helo, tls: &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12},
		headers: lines(s.Headers), limit: cmp.Or(s.Timeout, messageTimeout),
	}, nil
}

func (s *Server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Send hands over one message. It reuses a kept connection, and makes a new one
// if the server has closed that meanwhile, or wants no more mails on it.
func (s *SMTP) Send(ctx context.Context, m *Message) error {
	for {
		c, kept, err := s.connect(ctx)
		if err != nil {
			return at(s.server.address(), err)
		}
		heard, err := s.dialogue(ctx, c, m)
		if err == nil {
			s.keep(c)
			return nil
		}
		_ = c.Close() // the failure to report is err
		s.leave()
		if heard || !kept {
			return at(s.server.address(), err)
		}
	}
}

// Close says goodbye on all kept connections.
func (s *SMTP) Close() {
	s.mu.Lock()
	kept := s.idle
	s.idle = nil
	s.mu.Unlock()
	for _, c := range kept {
		_ = c.smtp.Quit() // nobody waits for the answer
	}
}
