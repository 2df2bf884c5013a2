package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
)

// Greeting is what a mail server says of itself.
type Greeting struct {
	TLS        *tls.ConnectionState // nil without
	Extensions []string             // of those that matter: 8BITMIME, PIPELINING, SIZE
	Size       string               // the most that it takes, in bytes; "" if it does not say
}

// Probe connects, with TLS and authentication as for a mail, and says goodbye.
func (s *SMTP) Probe(ctx context.Context) (*Greeting, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to mail server: %w", err)
	}
	g := &Greeting{}
	if state, on := c.TLSConnectionState(); on {
		g.TLS = &state
	}
	for _, name := range []string{"8BITMIME", "PIPELINING", "SIZE"} {
		value := ""
		on, more := c.Extension(name)
		if value = more; on {
			g.Extensions = append(g.Extensions, name)
		}
		if name == "SIZE" {
			g.Size = value
		}
	}
	slices.Sort(g.Extensions)
	_ = c.Quit() // it has said what we wanted to know
	return g, nil
}
