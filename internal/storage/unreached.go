package storage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Unreached says in one line why no connection to the server came about, or none that
// takes changes, and what to do. It is "" for any other error.
func Unreached(err error) string {
	seen, fix := WhyUnreached(err)
	if seen == "" {
		return ""
	}
	return seen + "; " + fix
}

// WhyUnreached is Unreached in two parts. The driver's own words tell it once for each
// address and once more without TLS. A password is in neither.
func WhyUnreached(err error) (seen, fix string) {
	if readOnly(err) || errors.Is(err, errOnlyReads) {
		return "the database server only reads: it is a standby, or default_transaction_read_only is set", "see whether database.url leads to the primary"
	}
	var connect *pgconn.ConnectError
	if !errors.As(err, &connect) {
		return "", ""
	}
	var server *pgconn.PgError
	where := places(connect.Config)
	switch {
	case !errors.As(err, &server):
		return fmt.Sprintf("the database server at %s cannot be reached: %s", where, first(connect.Unwrap())), "see whether it runs, and whether database.url leads there"
	case server.Code == noDatabase:
		return fmt.Sprintf("the database server at %s has no database %q", where, connect.Config.Database), "create it, or correct the name at the end of database.url"
	case strings.HasPrefix(server.Code, refusedLogin):
		return fmt.Sprintf("the database server at %s refuses the login: %s", where, server.Message), "see the user and the password in database.url"
	}
	return fmt.Sprintf("the database server at %s takes no connection: %s", where, server.Message), "see what its own log says"
}

const (
	noDatabase   = "3D000"
	refusedLogin = "28" // the class
)

// places are the servers that a connection was tried to, each once.
func places(c *pgconn.Config) string {
	all := []string{place(c.Host, c.Port)}
	for _, f := range c.Fallbacks {
		all = append(all, place(f.Host, f.Port))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " and ")
}

func place(host string, port uint16) string {
	if strings.HasPrefix(host, "/") { // the directory of a socket
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// first is the innermost reason of the first of several attempts.
func first(err error) string {
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout() {
		return "no answer"
	}
	for {
		inner := errors.Unwrap(err)
		if many, ok := err.(interface{ Unwrap() []error }); ok && len(many.Unwrap()) > 0 { //nolint:errorlint // one step at a time
			inner = many.Unwrap()[0]
		}
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
