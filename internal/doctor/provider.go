package doctor

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"idp/internal/mail"
)

// settingsOf looks at what is known of a provider without asking it.
func (s *Subject) settingsOf(p Provider) func(context.Context) []Finding {
	return func(context.Context) []Finding {
		preset, _ := mail.PresetOf(p.Preset)
		switch {
		case p.Hook != "":
			return []Finding{note("let the program switch tracking off where it hands mails on", "a program takes the mails")}
		case p.Preset != "" && len(preset.Headers) > 0:
			return []Finding{ok("click tracking is switched off in every mail (preset %s)", p.Preset)}
		case p.Preset != "":
			return []Finding{note("see that click and open tracking are off in the account of "+p.Preset, "%s knows no header that switches tracking off", p.Preset)}
		}
		for name, ending := range map[string]string{
			"sendgrid": "sendgrid.net", "mailgun": "mailgun.org", "postmark": "postmarkapp.com", "mandrill": "mandrillapp.com",
			"mailjet": "mailjet.com", "ses": "amazonaws.com", "brevo": "brevo.com",
		} {
			if strings.HasSuffix(p.Host, ending) {
				return []Finding{warning("set preset: "+name+" for it, which keeps links as they are", "%s replaces links unless told not to", p.Host)}
			}
		}
		return []Finding{ok("%s is a server of your own; no preset", p.Host)}
	}
}

// providerOf connects to a provider as for a mail, and sends none.
func (s *Subject) providerOf(p Provider) func(context.Context) []Finding {
	return func(ctx context.Context) []Finding {
		if p.Hook != "" {
			return s.hook(ctx, p)
		}
		prober, can := p.Sender.(Prober)
		if !can {
			return []Finding{note("", "it cannot be tried without a mail")}
		}
		g, err := prober.Probe(ctx)
		if err != nil {
			return []Finding{refused(p, err)}
		}
		return []Finding{s.secured(p, g), extensions(g)}
	}
}

// secured says how the connection is protected.
func (s *Subject) secured(p Provider, g *mail.Greeting) Finding {
	if g.TLS == nil {
		return note("", "%s works, without TLS, on this machine only", p.Host)
	}
	// The sender has verified the certificate, with the CA of the configuration.
	leaf := g.TLS.PeerCertificates[0]
	if left := leaf.NotAfter.Sub(s.Now()); left < renewWithin {
		return warning("tell whoever runs the mail server", "%s works, but its certificate ends in %s", p.Host, days(left))
	}
	return ok("%s works: %s, certificate until %s, authentication as configured", p.Host, tlsName(g.TLS), leaf.NotAfter.UTC().Format("2006-01-02"))
}

// smallest is what a mail server must take at least: many times one of our mails.
const smallest = 1 << 16

func extensions(g *mail.Greeting) Finding {
	if n := sizeOf(g.Size); n > 0 && n < smallest {
		return problem("let the server take larger mails", "it takes mails of %d bytes at most", n)
	}
	if !slices.Contains(g.Extensions, "PIPELINING") {
		return note("", "it does not know PIPELINING: each mail takes three round trips more")
	}
	return ok("it knows %s", strings.Join(g.Extensions, ", "))
}

// refused says why a mail server cannot be used.
func refused(p Provider, err error) Finding {
	var reply *textproto.Error
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case certificateFault(err) != "":
		return problem("let mail host be the name in the certificate, or set ca_file for an authority of your own", "the certificate of %s: %s", p.Host, certificateFault(err))
	case errors.As(err, &reply) && reply.Code >= 530 && reply.Code <= 539:
		return problem("set username and password as the provider gave them", "%s refuses the authentication: %d %s", p.Host, reply.Code, reply.Msg)
	case errors.As(err, &reply):
		return problem("ask the provider what that means", "%s answers: %d %s", p.Host, reply.Code, reply.Msg)
	case strings.Contains(err.Error(), "STARTTLS"):
		return problem("use port 465 with security: tls, or let the server offer STARTTLS", "%s does not offer STARTTLS; nothing is sent in clear", p.Host)
	case errors.As(err, &dns):
		return problem("see whether the host is written right", "the name %s cannot be resolved", p.Host)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &op) && op.Timeout():
		return problem("see whether a firewall lets connections to its port out", "%s does not answer in time", p.addr())
	case errors.As(err, &op) && op.Op == "dial":
		return problem("see whether host and port are right and nothing is in between", "nobody answers at %s: %v", p.addr(), op.Err)
	case strings.Contains(strings.ToLower(err.Error()), "auth"):
		return problem("see what the server offers; a password is never sent in clear", "%s and we know no common way of authentication: %v", p.Host, err)
	default:
		return problem("see what answers there", "%s cannot be used: %v", p.Host, err)
	}
}

func (p Provider) addr() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.Port)) }

// hook sees whether somebody answers where a program should be.
func (s *Subject) hook(ctx context.Context, p Provider) []Finding {
	u, err := url.Parse(p.Hook)
	if err != nil {
		return []Finding{problem("mend its address", "the address of the program cannot be read")}
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	conn, err := s.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return []Finding{problem("start the program, or mend its address", "nobody answers at %s", u.Host)}
	}
	defer func() { _ = conn.Close() }() // nothing is written to it
	if u.Scheme == "http" {
		return []Finding{ok("somebody answers at %s", u.Host)}
	}
	state, err := handshake(ctx, conn, u.Hostname())
	if err != nil {
		return []Finding{problem("let the program speak https", "there is no TLS at %s", u.Host)}
	}
	return []Finding{s.judge(state, u.Hostname(), s.Roots, "the certificate of "+u.Host)}
}
