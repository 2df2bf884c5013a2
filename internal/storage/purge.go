package storage

import (
	"context"
	"time"
)

// purgeBatch bounds one DELETE, so that no purge holds locks for long.
const purgeBatch = 1000

// expiring lists the tables that grow, with the column that ends a row and how
// long a row stays after that. A spent row stays until it expires: it is the
// evidence that a replay is one.
var expiring = []struct {
	table, column string
	keep          time.Duration
}{
	{"challenge_secrets", "expires_at", 0},
	{"outbox", "expires_at", 24 * time.Hour},
	{"challenges", "expires_at", 24 * time.Hour},
	{"counters", "expires_at", 0},
	{"sessions", "expires_at", 24 * time.Hour},
	{"grants", "absolute_at", 24 * time.Hour},
}

// Purge deletes what expired, in batches, and returns how many rows went.
func (s *Store) Purge(ctx context.Context, now time.Time) (deleted int64, err error) {
	for _, e := range expiring {
		key := "id"
		if e.table == "counters" {
			key = "key"
		}
		for {
			r := s.db.WithContext(ctx).Exec(`DELETE FROM `+e.table+` WHERE `+key+` IN (SELECT `+key+` FROM `+e.table+` WHERE `+e.column+` < ? LIMIT ?)`,
				ms(now.Add(-e.keep)), purgeBatch)
			if r.Error != nil {
				return deleted, wrap("purge "+e.table, r.Error)
			}
			deleted += r.RowsAffected
			if r.RowsAffected < purgeBatch {
				break
			}
		}
	}
	return deleted, nil
}
