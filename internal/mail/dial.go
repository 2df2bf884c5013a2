package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoTLS  = errors.New("no STARTTLS")
	errNoAuth = errors.New("no AUTH that is known here")
)

// dial makes a connection on which a mail can be handed over: protected as the
// configuration says, and signed in. Each stage, the network with TLS, the greeting
// and what follows it, has its own time.
func (s *SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	dialing, cancel := context.WithTimeout(ctx, s.left(ctx, connectTimeout))
	defer cancel()
	var d interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	} = &net.Dialer{}
	if s.server.Security == TLS {
		d = &tls.Dialer{Config: s.tls}
	}
	conn, err := d.DialContext(dialing, "tcp", s.server.address())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c, err := s.hello(ctx, conn)
	if err != nil {
		_ = conn.Close() // the failure to report is err
	}
	return c, err
}

func (s *SMTP) hello(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	if err := conn.SetDeadline(time.Now().Add(s.left(ctx, connectTimeout))); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c, err := smtp.NewClient(conn, s.server.Host)
	if err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if err := c.UpdateDeadline(s.left(ctx, connectTimeout)); err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if err := c.Hello(s.helo); err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if s.server.Security == StartTLS {
		if on, _ := c.Extension("STARTTLS"); !on {
			return nil, errNoTLS
		}
		if err := c.StartTLS(s.tls); err != nil {
			return nil, fmt.Errorf("start TLS: %w", err)
		}
	}
	return c, s.signIn(c)
}

// signIn authenticates by the first mechanism of ours that the server offers. A
// password in clear is for TLS, or for this machine. Of those that hide it, many
// servers offer CRAM-MD5 and NTLM and have nothing to check them against: they come
// after all others.
func (s *SMTP) signIn(c *smtp.Client) error {
	name, password := s.server.Username, s.server.Password.Reveal()
	if name == "" {
		return nil
	}
	state, err := c.GetTLSConnectionState()
	if err != nil {
		state = nil
	}
	clear := state != nil || s.server.Security == Plain
	_, offered := c.Extension("AUTH")
	for _, m := range []struct {
		name string
		can  bool
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256-PLUS", state != nil, smtp.ScramSHA256PlusAuth(name, password, state)},
		{"SCRAM-SHA-256", true, smtp.ScramSHA256Auth(name, password)},
		{"SCRAM-SHA-1-PLUS", state != nil, smtp.ScramSHA1PlusAuth(name, password, state)},
		{"SCRAM-SHA-1", true, smtp.ScramSHA1Auth(name, password)},
		{"PLAIN", clear, smtp.PlainAuth("", name, password, s.server.Host, true)},
		{"LOGIN", clear, smtp.LoginAuth(name, password, s.server.Host, true)},
		{"CRAM-MD5", true, smtp.CRAMMD5Auth(name, password)},
		{"NTLM", true, smtp.NTLMAuth(name, password, "")},
	} {
		if m.can && slices.Contains(strings.Fields(strings.ToUpper(offered)), m.name) {
			if err := c.Auth(m.auth); err != nil {
				return fmt.Errorf("sign in by %s: %w", m.name, err)
			}
			return nil
		}
	}
	return errNoAuth
}
