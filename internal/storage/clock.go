package storage

import (
	"context"
	"time"
)

// Clock returns the time by the database's clock. Nothing here depends on it; it is
// asked to find a machine whose clock is wrong. A database within this process has
// no clock of its own.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	if s.dialect.clock == "" {
		return time.Now(), nil
	}
	var millis int64
	err := one(s.db.WithContext(ctx), &millis, s.dialect.clock)
	return time.UnixMilli(millis), wrap("read the database's clock", err)
}
