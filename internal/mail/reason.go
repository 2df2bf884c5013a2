package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
)

// reason names a failure for the log and the outbox. The server's own words are
// left out: they can contain the address, or anything else.
func reason(code int, err error) string {
	var certificate *tls.CertificateVerificationError
	var network *net.OpError
	switch {
	case code != 0:
		return fmt.Sprintf("replied %d", code)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timed out"
	case errors.As(err, &certificate):
		return "certificate not trusted"
	case errors.As(err, &network):
		return network.Op + " failed"
	default:
		return "failed before or while sending"
	}
}
