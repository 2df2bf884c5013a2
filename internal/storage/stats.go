package storage

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"idp/migrations"
)

// Pool is how busy a pool of connections is.
type Pool struct {
	Name             string
	InUse, Idle, Max int
	Waits            int64 // how often somebody waited for a connection
	Waited           time.Duration
}

// Pools tells of all pools. It asks nobody.
func (s *Store) Pools() []Pool {
	if s.dialect.pools != nil {
		return s.dialect.pools()
	}
	db, err := s.db.DB()
	if err != nil {
		return nil
	}
	return []Pool{poolOf(db)}
}

func poolOf(db *sql.DB) Pool {
	st := db.Stats()
	return Pool{"durable", st.InUse, st.Idle, st.MaxOpenConnections, st.WaitCount, st.WaitDuration}
}

// WaitingLetters counts the letters that are still to be sent, and says since when
// the oldest waits; the zero time if there is none.
func (s *Store) WaitingLetters(ctx context.Context, now time.Time) (n int, oldest time.Time, err error) {
	var since int64
	err = s.row(ctx, `SELECT count(*), COALESCE(min(asked_at), 0) FROM outbox WHERE state IN ('queued', 'sending', 'deferred') AND expires_at > ?`,
		[]any{ms(now)}, &n, &since)
	return n, at(since), wrap("count waiting letters", err)
}

// CheckSchema asks the database for its version. It fails where that is older than
// this program's, which no ordinary start leaves behind, but a restored backup does.
func (s *Store) CheckSchema(ctx context.Context) error {
	var have int64
	if err := s.row(ctx, `SELECT COALESCE(max(version_id), 0) FROM goose_db_version`, nil, &have); err != nil {
		return wrap("read schema version", err)
	}
	if newest := newestMigration(); have < newest {
		return fmt.Errorf("schema is at version %d, not %d: idp migrate up", have, newest)
	}
	return nil
}

// newestMigration is the version in the name of the last file, 00012_notices.sql.
func newestMigration() (newest int64) {
	names, _ := fs.Glob(migrations.FS, "*.sql") // the pattern is well formed
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}
