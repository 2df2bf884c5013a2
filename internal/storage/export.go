package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Sink takes rows, one table after the other.
type Sink interface {
	// Table begins a table with the names of its columns.
	Table(name string, columns []string) error
	// Row takes the next row: text as string, numbers as int64, truth values as
	// bool, in the order of the columns. The slice is the sink's only until it
	// returns.
	Row(values []any) error
}

// Export gives every row to a sink, as one snapshot of the database: what others
// write meanwhile is not in it, and waits for nothing. It wants the schema as this
// program knows it.
func (s *Store) Export(ctx context.Context, to Sink) error {
	v, err := s.Schema(ctx)
	if err == nil {
		err = v.Current()
	}
	if err != nil {
		return err
	}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return wrap("export", s.long(ctx, func(tx *gorm.DB) error {
		for _, name := range tableNames() {
			if err := s.exportTable(tx, name, to); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}, snapshot))
}

func (s *Store) exportTable(tx *gorm.DB, name string, to Sink) error {
	columns, err := s.columns(tx, name)
	if err != nil {
		return err
	}
	if err := to.Table(name, columnNames(columns)); err != nil {
		return err
	}
	return eachRow(tx, name, columns, to.Row)
}

func columnNames(columns []column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// eachRow reads a table, in whatever order the database finds cheapest.
func eachRow(tx *gorm.DB, table string, columns []column, do func([]any) error) error {
	rows, err := tx.Raw(`SELECT ` + strings.Join(columnNames(columns), ", ") + ` FROM ` + table).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range columns {
			if values[i], err = plain(c, values[i]); err != nil {
				return err
			}
		}
		if err := do(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain brings a value into the one form that it has on both databases.
func plain(c column, value any) (any, error) {
	switch v := value.(type) {
	case int64:
		if c.boolean() {
			return v != 0, nil
		}
		return v, nil
	case bool:
		return v, nil
	case []byte:
		value = string(v)
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("column %s holds a value that is neither text, number nor truth value", c.Name)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("column %s holds text that is not UTF-8, which cannot be moved", c.Name)
	}
	return text, nil
}
