package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options say where the data is kept.
type Options struct {
	// URL is postgres://… or sqlite:path/to/file.db.
	URL string
	// MaxConns bounds the connections; 0 means 16. On PostgreSQL, a quarter as many
	// more serve relaxed commits.
	MaxConns int
	// Tracer, for tests and measurements, sees every statement sent to
	// PostgreSQL; a pgx.BatchTracer also those that travel together.
	Tracer pgx.QueryTracer
}

const (
	defaultConns     = 16
	idleTime         = 5 * time.Minute
	statementTimeout = "5000" // milliseconds; no query of ours takes a hundredth of it
	sqlitePragmas    = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate"
)

// dialect is everything in which the two databases differ.
type dialect struct {
	goose      goose.Dialect
	skipLocked string // appended to the SELECT that claims work
	locker     func() (lock.SessionLocker, error)
	// batch runs steps as one transaction in one round trip; nil where there is no
	// round trip to save.
	batch func(context.Context, durability, []*step) error
	clock string        // the statement that reads the server's clock; "" if there is no server
	pools func() []Pool // nil: the one that GORM uses
	close func()
}

func open(o Options) (*gorm.DB, dialect, error) {
	conns := o.MaxConns
	if conns == 0 {
		conns = defaultConns
	}
	switch scheme, rest, _ := strings.Cut(o.URL, ":"); scheme {
	case "postgres", "postgresql":
		return openPostgres(o, conns)
	case "sqlite":
		return openSQLite(rest, conns)
	default:
		return nil, dialect{}, errors.New(`database URL must start with "postgres://" or "sqlite:"`)
	}
}

func openSQLite(path string, conns int) (*gorm.DB, dialect, error) {
	if path == "" {
		return nil, dialect{}, errors.New(`database URL "sqlite:" needs a file name`)
	}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: sqlitePragmas}).String()
	g, err := gorm.Open(sqlite.Open(dsn), gormConfig())
	if err != nil {
		return nil, dialect{}, fmt.Errorf("open SQLite file: %w", err)
	}
	db, err := g.DB()
	if err != nil {
		return nil, dialect{}, fmt.Errorf("open SQLite file: %w", err)
	}
	bound(db, min(conns, 8)) // one writes at a time; more readers gain nothing
	return g, dialect{goose: goose.DialectSQLite3, close: func() {}}, nil
}

// bound keeps as many idle connections as may be open: the default of two makes
// database/sql close and open connections all the time under load.
func bound(db *sql.DB, conns int) {
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxIdleTime(idleTime)
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, // one statement needs no BEGIN and COMMIT around it
		DisableAutomaticPing:   true,
		TranslateError:         true,
		Logger:                 logger.Discard, // errors are returned; statements are nobody's log
		NowFunc:                func() time.Time { return time.Time{} },
	}
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	db, err := s.db.DB()
	if err == nil {
		err = db.PingContext(ctx)
	}
	if err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// unavailable reports whether err says that the database could not be reached or
// is going down, rather than that it refused a statement.
func unavailable(err error) bool {
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var network net.Error
	if errors.As(err, &server) {
		// connection exceptions; shutdown and start-up; too many connections
		return strings.HasPrefix(server.Code, "08") || strings.HasPrefix(server.Code, "57P") || server.Code == "53300"
	}
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}
