package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5"
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
	// Name is what the database's own list of connections calls this process. A
	// server that answers requests is Serving.
	Name string
}

// Serving is the name of processes that answer requests; InUse looks for it.
const Serving = "idp serve"

const (
	defaultConns     = 16
	idleTime         = 5 * time.Minute
	statementTimeout = "5000" // milliseconds; no query of ours takes a hundredth of it
	busyTimeout      = "5000" // the same for a file that another process writes to: less than patience
	sqlitePragmas    = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(" + busyTimeout + ")&_txlock=immediate"
)

// dialect is everything in which the two databases differ.
type dialect struct {
	goose      goose.Dialect
	skipLocked string // appended to the SELECT that claims work
	toPerson   string // appended to the SELECT of a user: nobody who has fromPerson comes between it and the commit
	fromPerson string // appended to the SELECT of a user: waits for all who have toPerson
	ofStanding string // appended to the SELECT of a session s: nobody ends it before what is made of it is committed
	locker     func() (lock.SessionLocker, error)
	// batch runs steps as one transaction in one round trip; nil where there is no
	// round trip to save.
	batch func(context.Context, durability, []*step) error
	// look is batch for steps that only read; nil where batch is.
	look func(context.Context, []*step) error
	// jointly is batch for steps that may share their transaction with others'; nil
	// where batch is.
	jointly func(context.Context, durability, []*step) error
	// within runs fn in a transaction in which batches can be sent; nil where there
	// is no round trip to save.
	within func(db *gorm.DB, fn func(tx *gorm.DB, together func(...*step) error) error) error
	// order is the statement that tells by whose rules text is sorted, and whether they
	// have changed; "" where they are the program's own.
	order string
	// writable reports whether the server answers and takes changes; nil where whoever
	// answers does.
	writable func(context.Context) error
	clock    string        // the statement that reads the server's clock; "" if there is no server
	pools    func() []Pool // nil: the one that GORM uses
	close    func()
	// unhurried lends a handle whose statements may take as long as they take, but
	// wait only a while for a busy table.
	unhurried func(*Store) (db *gorm.DB, done func() error, err error)
	// layout are statements about how tables are stored, for behind the steps of the
	// schema. They need no table that the first step does not make.
	layout  []string
	columns string // the statement that lists name and type of a table's columns
	script  []any  // arguments that let Exec run several statements at once
	inUse   func(context.Context, *sql.DB) (bool, error)
	// alone, with the names of tables, makes a transaction the only one that writes
	// to them; nil where one always is.
	alone func(tables []string) string
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
	// In memory nothing would outlive a command.
	if path == "" || path == ":memory:" {
		return nil, dialect{}, fmt.Errorf(`database URL "sqlite:%s" needs a file name`, path)
	}
	path = filepath.Clean(path) // two slashes at its front would name another machine
	// Nobody else on this machine reads it: SQLite itself would ask the umask. The files
	// beside it are made like it. One that is there is not opened: closing it would end
	// the locks that this process has on it.
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err == nil { // where a link leads, too
			_ = f.Close()
		}
	}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: sqlitePragmas}).String()
	g, err := gorm.Open(sqlite.Open(dsn), gormConfig())
	if err != nil {
		return nil, dialect{}, fileFault(path, err)
	}
	db, err := g.DB()
	if err != nil {
		return nil, dialect{}, fmt.Errorf("open SQLite file: %w", err)
	}
	bound(db, min(conns, 8)) // one writes at a time; more readers gain nothing
	return g, dialect{
		goose: goose.DialectSQLite3, close: func() {}, unhurried: ownHandle, inUse: fileInUse,
		columns: `SELECT name, type FROM pragma_table_info(?) ORDER BY cid`,
	}, nil
}

// fileFault says what is wrong with a file and what to do. SQLite's own words add that
// memory has run out, whenever a file was not opened.
func fileFault(path string, err error) error {
	var coded interface{ Code() int }
	code := 0
	if errors.As(err, &coded) {
		code = coded.Code() & 0xff
	}
	switch code {
	case 8:
		return fmt.Errorf("the database file %s cannot be written, or its directory cannot: see whose they are", path)
	case 11:
		return fmt.Errorf("the database file %s is damaged: restore a backup into another file", path)
	case 14:
		return fmt.Errorf("the database file %s cannot be opened; see that its directory is there, and whose it is", path)
	case 26:
		return fmt.Errorf("the file %s is no SQLite database: see that database.url names the right one", path)
	}
	return fmt.Errorf("the database file %s cannot be opened; see that its directory is there, and whose it is: %w", path, err)
}

// ownHandle is for a database that hurries nobody.
func ownHandle(s *Store) (*gorm.DB, func() error, error) {
	return s.db, func() error { return nil }, nil
}

// fileInUse tries to leave the write-ahead log, which no connection may do while
// another one is open, and goes back.
func fileInUse(ctx context.Context, db *sql.DB) (used bool, err error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var mode string
	if _, err := c.ExecContext(ctx, `PRAGMA busy_timeout = 500`); err != nil {
		return false, err
	}
	if err := c.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode); err != nil || mode != "delete" {
		used = true // whatever the words are: the file was not ours alone
	}
	_, errBack := c.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
	_, errWait := c.ExecContext(ctx, `PRAGMA busy_timeout = `+busyTimeout)
	if used {
		return true, nil
	}
	return false, errors.Join(errBack, errWait)
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

// Ping reports whether the database answers and takes changes.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ping := s.dialect.writable
	if ping == nil {
		db, err := s.db.DB()
		if err != nil {
			return fmt.Errorf("ping database: %w", err)
		}
		ping = db.PingContext
	}
	if err := ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}
