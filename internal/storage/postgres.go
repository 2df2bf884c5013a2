package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// pools are the connections to PostgreSQL. GORM uses the durable one, and reads do.
type pools struct {
	durable, relaxed *pool
	reads            *gathering
	writes           [2]*gathering // by durability
}

func (p *pools) close() {
	p.relaxed.Close()
	p.durable.Close()
}

// leave lets go of all connections, those in use when they are given back. Whoever
// comes next connects anew, and then to where the name leads by now.
func (p *pools) leave() {
	p.durable.Reset()
	p.relaxed.Reset()
}

// writable reports whether the server that answers takes changes. One that was taken
// the lead from answers, and takes none. What a connection of before says does not count.
func (p *pools) writable(ctx context.Context) error {
	err := p.asked(ctx)
	var connect *pgconn.ConnectError
	if err == nil || errors.As(err, &connect) || ctx.Err() != nil {
		return err
	}
	p.leave()
	return p.asked(ctx)
}

func (p *pools) asked(ctx context.Context) error {
	var only string
	err := p.durable.QueryRow(ctx, `SHOW transaction_read_only`).Scan(&only)
	if err == nil && only == "on" {
		err = errOnlyReads
	}
	return err
}

func (p *pools) stats() []Pool {
	of := func(name string, pool *pool) Pool {
		st := pool.Stat()
		return Pool{name, int(st.AcquiredConns()), int(st.IdleConns()), int(st.MaxConns()), st.EmptyAcquireCount(), st.EmptyAcquireWaitTime()}
	}
	return []Pool{of("durable", p.durable), of("relaxed", p.relaxed)}
}

func openPostgres(o Options, conns int) (*gorm.DB, dialect, error) {
	p := &pools{}
	var err error
	if p.durable, err = newPool(o, conns, nil); err != nil {
		return nil, dialect{}, err
	}
	if p.relaxed, err = newPool(o, max(2, conns/4), map[string]string{"synchronous_commit": "off"}); err != nil {
		return nil, dialect{}, err
	}
	p.reads, p.writes = newReads(p.durable), [2]*gathering{durable: newWrites(p.durable), relaxed: newWrites(p.relaxed)}
	db := stdlib.OpenDBFromPool(p.durable.Pool)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: patient{db}}), gormConfig())
	if err != nil {
		p.close()
		return nil, dialect{}, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return g, dialect{
		goose: goose.DialectPostgres, skipLocked: " FOR UPDATE SKIP LOCKED", ofStanding: " FOR SHARE OF s", toPerson: " FOR KEY SHARE", fromPerson: " FOR UPDATE",
		locker: func() (lock.SessionLocker, error) { return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) },
		batch:  p.pipeline, look: p.look, jointly: p.jointly, within: p.within, pools: p.stats, close: p.close, clock: `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
		unhurried: func(*Store) (*gorm.DB, func() error, error) { return unhurried(o) },
		layout:    layout,
		order:     textOrder,
		writable:  p.writable,
		columns:   `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position`,
		script:    []any{pgx.QueryExecModeSimpleProtocol},
		inUse:     served,
		alone:     func(tables []string) string { return `LOCK TABLE ` + strings.Join(tables, ", ") + ` IN EXCLUSIVE MODE` },
	}, nil
}

// layout leaves room on the pages of tables whose rows change after they were
// stored. A change that finds room on its row's page touches no index; without it, a
// refresh wrote four times as much to the log. What waits to be sent is found by an
// index of what waits, which is small only if it is vacuumed often.
var layout = []string{
	`ALTER TABLE grants SET (fillfactor = 80)`,
	`ALTER TABLE users SET (fillfactor = 90)`,
	`ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02)`,
}

// textOrder finds the locale of a database whose text the system's library sorts,
// and whether that library is another version since.
const textOrder = `SELECT CASE WHEN datlocprovider = 'b' OR datlocprovider = 'c' AND (datcollate IN ('C', 'POSIX') OR datcollate LIKE 'C.%') THEN ''
	WHEN datlocprovider = 'i' THEN 'ICU' ELSE datcollate END,
	coalesce(datcollversion <> pg_database_collation_actual_version(oid), false) FROM pg_database WHERE datname = current_database()`

// lockWait is how long a step of the schema waits for a busy table. Whoever comes
// after it waits too: better it gives up, and the next start tries again.
const lockWait = "10s"

// errURL is all that is said about a URL: pgx repeats what it takes for no password.
var errURL = errors.New("database URL is not a valid PostgreSQL URL: percent-encode what is neither letter nor digit in its password, and look at its port and sslmode")

// unhurried opens connections without a statement timeout.
func unhurried(o Options) (*gorm.DB, func() error, error) {
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, nil, errURL
	}
	cfg.RuntimeParams["statement_timeout"], cfg.RuntimeParams["lock_timeout"] = "0", lockWait
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "idp"
	}
	db := stdlib.OpenDB(*cfg)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), gormConfig())
	return g, db.Close, err
}

// served asks whether a process of another connection answers requests.
func served(ctx context.Context, db *sql.DB) (used bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`, Serving).Scan(&used)
	return used, err
}

// newPool makes a pool that connects when it is first used.
func newPool(o Options, conns int, settings map[string]string) (*pool, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errURL
	}
	params := cfg.ConnConfig.RuntimeParams
	if params["statement_timeout"] == "" {
		params["statement_timeout"] = statementTimeout
	}
	if params["application_name"] == "" && o.Name != "" {
		params["application_name"] = o.Name
	}
	maps.Copy(params, settings)
	cfg.ConnConfig.Tracer = o.Tracer
	cfg.ConnConfig.DialFunc = dialImpatient(cfg.ConnConfig.DialFunc)
	// After a failover the connections to the former primary live on. What they refuse
	// goes on being refused until they are gone.
	was := cfg.ConnConfig.OnPgError
	cfg.ConnConfig.OnPgError = func(c *pgconn.PgConn, e *pgconn.PgError) bool {
		return was(c, e) && e.Code != onlyReads && !forgotten(e)
	}
	keepFew(cfg.ConnConfig)
	cfg.MaxConns, cfg.MaxConnIdleTime = int32(conns), idleTime
	// A connection that was idle for a second is asked before it is used. One behind
	// which nobody answers must not take the time that a new one needs.
	cfg.PingTimeout = pingTimeout
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	p, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	plain := cfg.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement && cfg.ConnConfig.StatementCacheCapacity > 0
	return &pool{Pool: p, few: cfg.MaxConns * 3 / 4, exchanges: plain, tracer: o.Tracer}, nil
}

// keepFew makes the caches of a connection no larger than what is used: pgx keeps two,
// and sets memory aside for all that they could hold.
func keepFew(c *pgx.ConnConfig) {
	c.StatementCacheCapacity = min(c.StatementCacheCapacity, mostStatements)
	if c.DefaultQueryExecMode != pgx.QueryExecModeCacheDescribe {
		c.DescriptionCacheCapacity = 0
	}
}

// mostStatements is more than the requests of a busy server send.
const mostStatements = 192

// within holds on to the connection of a transaction, so that batches can be sent
// past GORM, which has none.
func (p *pools) within(db *gorm.DB, fn func(tx *gorm.DB, together func(...*step) error) error) error {
	ctx := lasting(db.Statement.Context) // Connection goes past patient
	return db.WithContext(ctx).Connection(func(c *gorm.DB) error {
		held, ok := c.Statement.ConnPool.(*sql.Conn)
		if !ok {
			return errors.New("the connection of a transaction is not to be had")
		}
		return c.Transaction(func(tx *gorm.DB) error {
			return fn(tx, func(steps ...*step) error {
				return held.Raw(func(driver any) error {
					return p.durable.run(ctx, driver.(*stdlib.Conn).Conn(), steps) //nolint:forcetypeassert // newPool made it
				})
			})
		})
	})
}
