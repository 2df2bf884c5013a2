package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// patience is the longest that a use case waits for the database, for a
	// connection or for an answer. It is a little more than the server's own limit of
	// a statement.
	patience       = 6 * time.Second
	connectTimeout = 2 * time.Second
	pingTimeout    = time.Second
	tries          = 3
)

// unavailable reports whether err says that the database cannot do the work now:
// it could not be reached, is going down, has no room, was too slow, or ended one
// of two transactions that waited for each other. Trying again may help.
func unavailable(err error) bool {
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var network net.Error
	if errors.As(err, &server) {
		return slices.Contains(busy, server.Code) || slices.ContainsFunc(away, func(class string) bool { return strings.HasPrefix(server.Code, class) })
	}
	return errors.As(err, &connect) || errors.As(err, &network) || slices.ContainsFunc(broken, func(e error) bool { return errors.Is(err, e) }) ||
		pgconn.SafeToRetry(err) || fileUnavailable(err)
}

// broken are what a connection that breaks, or is closed for taking too long, gives
// to whoever uses it next.
var broken = []error{driver.ErrBadConn, io.ErrUnexpectedEOF, io.EOF, net.ErrClosed, sql.ErrConnDone, sql.ErrTxDone}

var (
	// Connection exceptions; no disk, memory or connections left; shutdown and
	// start-up; input and output.
	away = []string{"08", "53", "57P", "58"}
	// Serialization failure, deadlock, a lock or a statement that took too long, and
	// a server that only reads since a failover.
	busy = []string{serialization, deadlock, lockTaken, "57014", onlyReads}
)

const (
	serialization = "40001"
	deadlock      = "40P01"
	unknownEnd    = "40003" // whether it was committed
	lockTaken     = "55P03"
	onlyReads     = "25006"
	noStatement   = "26000"
	otherColumns  = "0A000"
)

// errOnlyReads is what Ping says of a server that takes no changes.
var errOnlyReads = errors.New("the server only reads")

// readOnly reports whether the server was asked to write and only reads: a standby.
func readOnly(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == onlyReads
}

// Codes of the embedded database: busy, locked, read-only, I/O error, full, cannot
// be opened.
var fileCodes = []int{5, 6, 8, 10, 13, 14}

// fileUnavailable is unavailable for the embedded database, whose extended codes
// keep the code itself in their last byte.
func fileUnavailable(err error) bool {
	var coded interface {
		error
		Code() int
	}
	return errors.As(err, &coded) && slices.Contains(fileCodes, coded.Code()&0xff)
}

// mayRepeat reports whether steps that failed certainly changed nothing, and nobody has
// heard anything of them that cannot be forgotten: they were never sent, or the server
// ended them for the sake of others. A connection that breaks later proves neither.
func mayRepeat(err error, steps []*step) bool {
	if err == nil || slices.ContainsFunc(steps, func(st *step) bool { return st.told }) {
		return false
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return sacrificed(err)
	}
	return pgconn.SafeToRetry(err)
}

// undone reports whether a transaction certainly changed nothing, and failed for
// something that is one statement's own, or for a lock: its parts may fare better
// apart. What the server lacks, it lacks for all of them; and what ends a connection
// may come after the commit.
func undone(err error) bool {
	var server *pgconn.PgError
	var never pgx.ErrPreprocessingBatch
	if !errors.As(err, &server) {
		return pgconn.SafeToRetry(err) || errors.As(err, &never) || errors.Is(err, errUnsendable)
	}
	return server.SeverityUnlocalized == "ERROR" && server.Code != unknownEnd &&
		(sacrificed(err) || server.Code == lockTaken || !unavailable(err))
}

// sacrificed reports whether the server ended a transaction for the sake of others, or
// because of what it no longer knows.
func sacrificed(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == serialization || server.Code == deadlock || forgotten(server))
}

// forgotten reports whether a connection no longer has a statement that was prepared
// on it, or has one whose columns are others by now. It is of no more use.
func forgotten(e *pgconn.PgError) bool { return e.Code == noStatement || e.Code == otherColumns }

// pause waits a little, each time another while, so that two who met do not meet
// again.
func pause(ctx context.Context, try int) error {
	var b [1]byte
	_, _ = rand.Read(b[:]) // it never fails
	t := time.NewTimer(time.Duration(try) * time.Duration(b[0]) * 80 * time.Microsecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// patient gives every statement and transaction an end, in front of GORM. The ends
// go with the caller's context, or with the time.
type patient struct{ *sql.DB }

// GetDBConn lets GORM find the handle itself.
func (p patient) GetDBConn() (*sql.DB, error) { return p.DB, nil }

func lasting(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, patience)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// BeginTx begins a transaction.
func (p patient) BeginTx(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error) {
	return p.DB.BeginTx(lasting(ctx), o)
}

// ExecContext runs a statement.
func (p patient) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return p.DB.ExecContext(ctx, query, args...)
}

// QueryContext runs a query. Its rows outlive the call.
func (p patient) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.DB.QueryContext(lasting(ctx), query, args...)
}

// QueryRowContext runs a query for one row, which outlives the call.
func (p patient) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.DB.QueryRowContext(lasting(ctx), query, args...)
}
