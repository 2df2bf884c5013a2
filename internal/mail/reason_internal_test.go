package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"testing"
)

// What keeps a server from being used is told apart without the words of whoever
// refused, which may hold an address or a password.
func TestReasons(t *testing.T) {
	t.Parallel()
	distrust := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for want, err := range map[string]error{
		"no such host":                                           &net.OpError{Op: "dial", Err: &net.DNSError{Name: "x", IsNotFound: true}},
		"the DNS does not answer for the host":                   &net.OpError{Op: "dial", Err: &net.DNSError{Name: "x"}},
		"TLS: certificate from an authority that is not trusted": distrust(x509.UnknownAuthorityError{}),
		"TLS: certificate not for this host":                     distrust(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}),
		"TLS: certificate expired, or not good yet":              distrust(x509.CertificateInvalidError{Reason: x509.Expired}),
		"failed before or while sending":                         errors.New("AUTH PLAIN cGFzc3dvcmQ="),
	} {
		if got := reason(fmt.Errorf("connect: %w", err)); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
