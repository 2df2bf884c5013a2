package storage

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/migrations"
)

// Schema is the state of the database's schema beside what this program knows.
type Schema struct {
	Have    int64 // the newest step that is applied; 0 for an empty database
	Newest  int64 // the newest that this program knows
	Pending int   // how many of them are not applied
	Beside  bool  // whether this program may run beside the steps that it does not know
}

// NewerError says that a newer release has changed the database beyond what this
// program can use.
type NewerError struct{ Have, Newest int64 }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the database is at version %d, this program knows only %d; start the newer release, or restore the backup made before its upgrade", e.Have, e.Newest)
}

// Usable returns *NewerError for a database that this program must not touch.
func (v Schema) Usable() error {
	if v.Have > v.Newest && !v.Beside {
		return &NewerError{v.Have, v.Newest}
	}
	return nil
}

// Current returns *NewerError, or an error that says what to do if steps are
// missing.
func (v Schema) Current() error {
	if err := v.Usable(); err != nil || v.Pending == 0 {
		return err
	}
	return fmt.Errorf("the database is at version %d and %s behind this program; bring it up to date: idp migrate up", v.Have, idp.Count(v.Pending, "step"))
}

// Schema looks at the database and changes nothing.
func (s *Store) Schema(ctx context.Context) (Schema, error) {
	steps, err := migrations.Steps()
	if err != nil {
		return Schema{}, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return Schema{}, err
	}
	var v Schema
	for version := range applied {
		v.Have = max(v.Have, version)
	}
	for _, st := range steps {
		v.Newest = max(v.Newest, st.Version)
		if !applied[st.Version] {
			v.Pending++
		}
	}
	if v.Have > v.Newest {
		v.Beside, err = s.beside(ctx, applied, v.Newest)
	}
	return v, err
}

// applied is the set of versions that goose wrote down; empty without its table.
func (s *Store) applied(ctx context.Context) (map[int64]bool, error) {
	there, err := s.hasTable(ctx, versionTable)
	if err != nil || !there {
		return nil, wrap("read schema version", err)
	}
	var versions []int64
	err = s.db.WithContext(ctx).Raw(`SELECT version_id FROM ` + versionTable + ` WHERE is_applied AND version_id > 0`).Scan(&versions).Error
	out := make(map[int64]bool, len(versions))
	for _, v := range versions {
		out[v] = true
	}
	return out, wrap("read schema version", err)
}

// versionTable is goose's.
const versionTable = "goose_db_version"

// hasTable reports whether there is a table of this name.
func (s *Store) hasTable(ctx context.Context, name string) (bool, error) {
	columns, err := s.columns(s.db.WithContext(ctx), name)
	return len(columns) > 0, err
}

// beside reports whether every applied step that this program does not know
// allows it. A step that says nothing does not.
func (s *Store) beside(ctx context.Context, applied map[int64]bool, newest int64) (bool, error) {
	there, err := s.hasTable(ctx, "schema_steps")
	if err != nil || !there {
		return false, wrap("read schema steps", err)
	}
	var allowing []int64
	err = s.db.WithContext(ctx).Raw(`SELECT version FROM schema_steps WHERE version > ? AND compatible_with <= ?`, newest, newest).Scan(&allowing).Error
	allows := make(map[int64]bool, len(allowing))
	for _, v := range allowing {
		allows[v] = true
	}
	for version := range applied {
		if version > newest && !allows[version] {
			return false, wrap("read schema steps", err)
		}
	}
	return err == nil, wrap("read schema steps", err)
}

// recordSteps writes down what each step up to a version is compatible with.
func (s *Store) recordSteps(db *gorm.DB, version int64) error {
	columns, err := s.columns(db, "schema_steps")
	if err != nil || len(columns) == 0 {
		return wrap("record schema steps", err)
	}
	steps, err := migrations.Steps()
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.Version > version {
			break
		}
		err := db.Exec(insert("schema_steps", "version, compatible_with")+` ON CONFLICT (version) DO NOTHING`, st.Version, st.CompatibleWith).Error
		if err != nil {
			return wrap("record schema steps", err)
		}
	}
	return nil
}
