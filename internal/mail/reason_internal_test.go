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

// A status is found where servers write it, and not in other numbers.
func TestStatedStatus(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"5.1.1 no such user": "5.1.1", "5.1.1: no such user": "5.1.1", "5.1.1": "5.1.1", "5.1.10.": "5.1.10", "5.1.1\nno such user": "5.1.1",
		"no such user\n5.1.1 really": "5.1.1", "#5.1.0 Address rejected.": "5.1.0", "no mailbox here by that name (#5.1.1)": "5.1.1",
		"5.1.2.3 is blocked": "", "host 5.1.2.3 is blocked": "", "5.1.234.5": "", "15.1.1 x": "", "no": "", "3.1.1 what": "", "by version 4.5.6 of us": "", "#5.1.1.7": "",
	} {
		got := ""
		if m := stated.FindStringSubmatch(said); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
