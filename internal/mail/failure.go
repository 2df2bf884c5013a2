package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"syscall"

	"idp/internal/magiclink"
	"idp/internal/outbound"
)

// Verdict is what a provider's failure means for the letter.
type Verdict int

// The verdicts.
const (
	// Later: the provider is well and wants to be asked again, or nobody knows
	// whether it took the letter.
	Later Verdict = iota
	// Elsewhere: the provider is not to be reached, or does not work for us. It has
	// not got the letter.
	Elsewhere
	// Unwanted: the provider does not want this letter or its sender; another one
	// may.
	Unwanted
	// Final: there is no such mailbox, whoever asks.
	Final
)

// Failure is why a provider did not take a letter.
type Failure struct {
	Verdict Verdict
	Reason  magiclink.Reason // for people
	Reply   string           // for the log and the outbox; never the server's own words, which can contain the address
	cause   error
	untried bool // nobody was asked
	unsure  bool // the server may have the letter
}

func (f *Failure) Error() string { return f.Reply }

// Unwrap gives the error behind, if there is one.
func (f *Failure) Unwrap() error { return f.cause }

// failed makes every error a Failure: one that is not yet one means that the
// provider could not be used.
func failed(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	said := reason(err)
	var u *unusable
	if errors.As(err, &u) {
		said = "mail server " + u.addr + ": " + said
	}
	return &Failure{Verdict: Elsewhere, Reason: magiclink.Unreachable, Reply: said, cause: err}
}

// unusable is that a provider could not be used, and where it should be.
type unusable struct {
	addr string // host and port
	err  error
}

func (u *unusable) Error() string { return u.addr + ": " + u.err.Error() }
func (u *unusable) Unwrap() error { return u.err }

// at says where the provider is to an error that is not yet a Failure.
func at(addr string, err error) error {
	if errors.As(err, new(*Failure)) {
		return err
	}
	return &unusable{addr, err}
}

// unanswered is the failure of a message that was handed over whole without a
// word back: the server may have it, so nobody else gets it now.
func unanswered(err error) *Failure {
	return &Failure{Verdict: Later, Reason: magiclink.Unreachable, Reply: reason(err) + " after the message", cause: err, unsure: true}
}

// reason names a failure without a reply to a mail.
func reason(err error) string {
	var name *net.DNSError
	var network *net.OpError
	var answer *textproto.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timed out"
	case untrusted(err):
		return "TLS: certificate " + certificateFault(err)
	case errors.As(err, new(tls.RecordHeaderError)):
		return "TLS: the server does not speak it there"
	case errors.As(err, new(tls.AlertError)):
		return "TLS: the server refused the handshake"
	case errors.Is(err, errNoTLS):
		return "TLS: the server offers no STARTTLS"
	case errors.Is(err, errNoAuth):
		return "the server offers no way to sign in that is known here"
	case errors.As(err, &name) && name.IsNotFound:
		return "no such host"
	case errors.As(err, &name):
		return "the DNS does not answer for the host"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no way to the host"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "connection closed by the server"
	case errors.Is(err, outbound.ErrForbidden):
		return "no way there: http.allow_private_targets opens private networks"
	case errors.As(err, &answer):
		return fmt.Sprintf("replied %d before any mail", answer.Code)
	case errors.As(err, &network):
		return network.Op + " failed"
	default:
		return "failed before or while sending"
	}
}

func untrusted(err error) bool { return errors.As(err, new(*tls.CertificateVerificationError)) }

func certificateFault(err error) string {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "from an authority that is not trusted"
	case errors.As(err, new(x509.HostnameError)):
		return "not for this host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "expired, or not good yet"
	}
	return "not trusted"
}

// reply is a mail server's refusal of one command.
type reply struct {
	Command string // its verb, or that it was the message
	Code    int    // three digits: RFC 5321 §4.2
	Status  string // RFC 3463; "" if the server gave none
	said    string // for Said alone
}

func (r *reply) Error() string { return fmt.Sprintf("%s: replied %s", r.Command, r.text()) }

func (r *reply) text() string {
	return strings.TrimSuffix(fmt.Sprintf("%d %s", r.Code, r.Status), " ")
}

const codeClosing = 421 // RFC 5321 §3.8: the server ends the connection

// failure says what a reply means. What a server says before it knows the
// recipient is about us. Only what it then says about the mailbox is final.
func (r *reply) failure() *Failure {
	f := &Failure{Reply: "replied " + r.text(), Reason: ReasonOf(r.Status), cause: r}
	switch {
	case r.Code >= 500 && r.Code <= 599:
		f.Verdict = Unwanted
		if r.aboutMailbox() {
			f.Verdict = Final
			if f.Reason == "" {
				f.Reason = r.bareReason()
			}
		} else if f.Reason != magiclink.Policy {
			f.Reason = magiclink.Policy
		}
	case r.Command == "MAIL" || r.Code == codeClosing:
		f.Verdict, f.Reason = Elsewhere, magiclink.Unreachable
	default:
		f.Verdict = Later
		if f.Reason != magiclink.MailboxFull {
			f.Reason = magiclink.Busy
		}
	}
	return f
}

// aboutMailbox tells "no such user" from "not for you" (RFC 3463 §3). Some servers
// learn only with the message that the mailbox is full or closed; then the status must
// say so, and X.2.0 is what others say of spam.
func (r *reply) aboutMailbox() bool {
	switch {
	case r.Command == "RCPT" && r.Status == "":
		return r.Code >= 550 && r.Code <= 553
	case r.Command == "RCPT":
		return mailboxStatus(r.Status)
	default:
		return r.Command != "MAIL" && mailboxStatus(r.Status) && !strings.HasSuffix(r.Status, ".0")
	}
}

func (r *reply) bareReason() magiclink.Reason {
	if r.Code == 552 {
		return magiclink.MailboxFull
	}
	return magiclink.NoMailbox
}

// mailboxStatus reports whether an enhanced status is about the recipient's
// address or mailbox. X.1.7 and X.1.8 are about the sender's, X.2.3 is about the size
// of the letter.
func mailboxStatus(status string) bool {
	_, detail, _ := strings.Cut(status, ".")
	return detail != "1.7" && detail != "1.8" && detail != "2.3" && (strings.HasPrefix(detail, "1.") || strings.HasPrefix(detail, "2."))
}

// ReasonOf puts an enhanced status code (RFC 3463) into a word for people; "" if
// it says nothing to them.
func ReasonOf(status string) magiclink.Reason {
	_, detail, _ := strings.Cut(status, ".")
	switch {
	case detail == "2.2":
		return magiclink.MailboxFull
	case mailboxStatus(status):
		return magiclink.NoMailbox
	case strings.HasPrefix(detail, "7."), detail == "1.7", detail == "1.8":
		return magiclink.Policy
	default:
		return ""
	}
}
