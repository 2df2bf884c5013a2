package storage

import "context"

// ExecForTest runs a statement past the store's own.
func ExecForTest(s *Store, statement string) error { return s.db.Exec(statement).Error }

// MigrateToForTest stops at an older schema.
func MigrateToForTest(s *Store, version int64) error {
	_, err := s.migrateTo(context.Background(), version)
	return err
}

// TableNamesForTest are the tables whose rows are somebody's.
func TableNamesForTest() []string { return tableNames() }
