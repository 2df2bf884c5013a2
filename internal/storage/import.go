package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/migrations"
)

// Import says what becomes of rows that come in.
type Import struct {
	// Replace deletes what is there. Without it, a database with rows is refused.
	Replace bool
	// Schema is the version of the rows. With Replace, tables of a newer one are
	// dropped for tables of this one, in the same transaction. 0 takes the tables as
	// they are.
	Schema int64
	// Epoch, if it is not zero, raises the restore epoch with the rows, in the same
	// transaction: nobody ever sees them without it.
	Epoch time.Time
	// Reason is the epoch's.
	Reason string
	// Progress, if set, is told how many rows of a table have been written.
	Progress func(table string, rows int64)
}

// Import writes what feed gives into the tables, reads it back and compares, all in
// one transaction: whatever goes wrong, nothing has changed. The schema must be of
// the version that Prepare left.
func (s *Store) Import(ctx context.Context, o Import, feed func(Sink) error) (epoch Epoch, err error) {
	err = s.long(ctx, func(tx *gorm.DB) error {
		if err := s.lower(tx, o); err != nil {
			return err
		}
		names, err := s.alone(tx)
		if err != nil {
			return err
		}
		if err := clearOut(tx, names, o.Replace); err != nil {
			return err
		}
		in := &importing{s: s, tx: tx, names: names, progress: o.Progress, tallies: map[string]*tally{}, columns: map[string][]column{}}
		if err := feed(in); err != nil {
			return err
		}
		if err := in.flush(); err != nil {
			return err
		}
		if err := in.verify(); err != nil || o.Epoch.IsZero() {
			return err
		}
		epoch, err = s.raise(tx, o.Reason, o.Epoch)
		return err
	})
	return epoch, wrap("import", err)
}

// clearOut deletes what is there, or refuses it.
func clearOut(tx *gorm.DB, names []string, replace bool) error {
	for _, name := range slices.Backward(names) {
		r := tx.Exec(`DELETE FROM ` + name)
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected > 0 && !replace {
			return &NotEmptyError{name, r.RowsAffected}
		}
	}
	return nil
}

// NotEmptyError says which table of a database has rows, where there must be none.
type NotEmptyError struct {
	Table string
	Rows  int64
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("the database is not empty: %s has %s", e.Table, idp.Count(e.Rows, "row"))
}

// ErrInUse says that a process serves from the database.
var ErrInUse = errors.New("the database is in use: stop every idp serve first")

// Prepare brings the schema to a version, for Import. Tables of a newer one are
// dropped if they are empty; with replace they stay, and Import drops them, so that
// nothing is lost where that fails. Without replace, a database with rows is refused
// with *NotEmptyError. So is one that is in use, with ErrInUse.
func (s *Store) Prepare(ctx context.Context, version int64, replace bool) error {
	used, err := s.InUse(ctx)
	if err == nil && used {
		err = ErrInUse
	}
	if err != nil {
		return err
	}
	v, err := s.Schema(ctx)
	if err == nil && v.Have > v.Newest {
		// Whatever the newer release made would be left behind, and be in its way later.
		err = fmt.Errorf("the database is at version %d, this program knows only %d and cannot empty it; take another database, which is empty", v.Have, v.Newest)
	}
	if err == nil && !replace {
		err = s.Empty(ctx)
	}
	if err != nil {
		return err
	}
	if v.Have > version {
		if replace {
			return nil
		}
		return wrap("drop tables", s.long(ctx, func(tx *gorm.DB) error { return s.remake(tx, version) }))
	}
	_, err = s.migrateTo(ctx, version)
	return err
}

// lower makes tables of the version that the rows have, if there are newer ones that
// they replace.
func (s *Store) lower(tx *gorm.DB, o Import) error {
	if !o.Replace || o.Schema == 0 {
		return nil
	}
	var have int64
	if err := tx.Raw(`SELECT COALESCE(MAX(version_id), 0) FROM ` + versionTable + ` WHERE is_applied`).Scan(&have).Error; err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have <= o.Schema {
		return nil
	}
	return s.remake(tx, o.Schema)
}

// remake drops all our tables with what they hold and makes those of an older version.
func (s *Store) remake(tx *gorm.DB, version int64) error {
	names, err := s.alone(tx)
	if err != nil {
		return err
	}
	for _, name := range append(names, described...) {
		if err := tx.Exec(`DROP TABLE IF EXISTS ` + name).Error; err != nil {
			return err
		}
	}
	steps, err := migrations.Steps()
	if err != nil {
		return err
	}
	// GORM would look for values in the text of a step.
	pool, ctx := tx.Statement.ConnPool, tx.Statement.Context
	for _, st := range steps {
		if st.Version > version {
			break
		}
		if _, err := pool.ExecContext(ctx, st.SQL, s.dialect.script...); err != nil {
			return fmt.Errorf("apply %s: %w", st.Name, err)
		}
	}
	for _, statement := range s.dialect.layout {
		if err := tx.Exec(statement).Error; err != nil {
			return fmt.Errorf("lay out tables: %w", err)
		}
	}
	if err := tx.Exec(`DELETE FROM `+versionTable+` WHERE version_id > ?`, version).Error; err != nil {
		return fmt.Errorf("record schema version: %w", err)
	}
	return s.recordSteps(tx, version)
}

// importing is the sink of an import. It writes many rows with one statement.
type importing struct {
	s        *Store
	tx       *gorm.DB
	names    []string // of the tables that there are
	progress func(string, int64)

	table   string
	args    []any
	rows    int
	tallies map[string]*tally
	columns map[string][]column // of the rows as they come
}

// importArgs bounds the values of one statement: one of the databases takes no more
// than 32766.
const importArgs = 8000

// Table begins a table. Columns that came in must be there.
func (in *importing) Table(name string, columns []string) error {
	if err := in.flush(); err != nil {
		return err
	}
	if !slices.Contains(in.names, name) {
		return fmt.Errorf("there is no table %s here", name)
	}
	if in.tallies[name] != nil {
		return fmt.Errorf("table %s comes twice", name)
	}
	have, err := in.s.columns(in.tx, name)
	if err != nil {
		return err
	}
	in.table, in.tallies[name], in.columns[name] = name, &tally{}, nil
	for _, c := range columns {
		i := slices.IndexFunc(have, func(h column) bool { return h.Name == c })
		if i < 0 {
			return fmt.Errorf("table %s has no column %s here", name, c)
		}
		in.columns[name] = append(in.columns[name], have[i])
	}
	return nil
}

// Row takes a row of the table that Table began.
func (in *importing) Row(values []any) error {
	columns := in.columns[in.table]
	if len(columns) == 0 || len(values) != len(columns) {
		return fmt.Errorf("a row of %s has %d values for %d columns", in.table, len(values), len(columns))
	}
	if err := in.tallies[in.table].add(values); err != nil {
		return err
	}
	in.args, in.rows = append(in.args, values...), in.rows+1
	if len(in.args) < importArgs {
		return nil
	}
	return in.flush()
}

// flush writes the rows in hand.
func (in *importing) flush() error {
	if in.rows == 0 {
		return nil
	}
	columns := in.columns[in.table]
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + "),"
	statement := `INSERT INTO ` + in.table + ` (` + strings.Join(columnNames(columns), ", ") + `) VALUES ` + strings.TrimSuffix(strings.Repeat(row, in.rows), ",")
	if err := in.tx.Exec(statement, in.args...).Error; err != nil {
		return fmt.Errorf("write %s: %w", in.table, err)
	}
	in.args, in.rows = in.args[:0], 0
	if in.progress != nil {
		in.progress(in.table, in.tallies[in.table].rows)
	}
	return nil
}

// verify reads every row back and compares it with what came.
func (in *importing) verify() error {
	for name, want := range in.tallies {
		var got tally
		if err := eachRow(in.tx, name, in.columns[name], got.add); err != nil {
			return fmt.Errorf("read %s back: %w", name, err)
		}
		if got != *want {
			return fmt.Errorf("%s does not hold what was written: %d rows of %d, or other ones", name, got.rows, want.rows)
		}
	}
	return nil
}
