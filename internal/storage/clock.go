package storage

import (
	"context"
	"time"
)

// Clock returns the time by the database's clock, and the zero time for a database
// that has none of its own. Nothing here depends on it; it is asked to find a machine
// whose clock is wrong.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	if s.dialect.clock == "" {
		return time.Time{}, nil
	}
	var millis int64
	err := one(s.db.WithContext(ctx), &millis, s.dialect.clock)
	return time.UnixMilli(millis), wrap("read the database's clock", err)
}
