package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// renewWithin is when a certificate should have been renewed by whoever does that.
const renewWithin = 14 * 24 * time.Hour

// checkCertificate looks at the certificate itself, so that it can say when it ends
// even if it is not trusted.
func (s *Subject) checkCertificate(ctx context.Context) []Finding {
	u := s.Config.IssuerURL
	if u.Scheme != "https" {
		return []Finding{note("", "plain http has none")}
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	conn, err := s.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return []Finding{unreached(err)}
	}
	defer func() { _ = conn.Close() }() // nothing is written to it
	state, err := handshake(ctx, conn, u.Hostname())
	if err != nil {
		return []Finding{problem("let the proxy speak TLS 1.2 or 1.3 there", "there is no TLS at the issuer: %v", err)}
	}
	return []Finding{s.judge(state, u.Hostname(), s.Roots, "the certificate")}
}

// handshake makes one without judging the certificate; judge does.
func handshake(ctx context.Context, conn net.Conn, host string) (*tls.ConnectionState, error) {
	c := tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}) //nolint:gosec // nothing is said over it
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	state := c.ConnectionState()
	return &state, nil
}

// judge says whether a server's certificates are good for a host, and for how long.
func (s *Subject) judge(state *tls.ConnectionState, host string, roots *x509.CertPool, what string) Finding {
	leaf := state.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: s.Now()})
	if err != nil {
		fix := "use a certificate for " + host + " from an authority that everybody trusts"
		if errors.As(err, new(x509.UnknownAuthorityError)) {
			fix = unknownAuthority
		}
		return problem(fix, "%s: %s", what, certificateFault(err))
	}
	left := leaf.NotAfter.Sub(s.Now())
	if left < renewWithin {
		return warning("see why it has not been renewed", "%s ends on %s, in %s", what, leaf.NotAfter.UTC().Format(time.DateOnly), days(left))
	}
	return ok("%s, %s, good until %s", what, tls.VersionName(state.Version), leaf.NotAfter.UTC().Format(time.DateOnly))
}

// unknownAuthority is said of a company's authority and of a chain with a gap: from
// here they look alike.
const unknownAuthority = "if the authority is your own, name its certificate in http.trusted_cas, and let browsers and applications trust it too; " +
	"else put the certificates of the authorities in between behind it in the same file (the full chain)"

func days(d time.Duration) string {
	if n := int(d.Hours() / 24); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}

// certificateFault says in short what is wrong with a certificate; "" if err is not
// about one.
func certificateFault(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &host):
		return "it is not for " + host.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && strings.Contains(invalid.Detail, "is before"):
		return "it is good from " + invalid.Cert.NotBefore.UTC().Format(time.DateTime) + " on only; see the clocks"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it ended on " + invalid.Cert.NotAfter.UTC().Format(time.DateOnly)
	case errors.As(err, &unknown):
		return "it is from an authority that is not trusted"
	case errors.As(err, &invalid), errors.As(err, new(*tls.CertificateVerificationError)):
		return "it is not valid"
	default:
		return ""
	}
}
