package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"idp/migrations"
)

// Migration is one version of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// migrating lends goose to do. It has connections of its own, on which a step may
// take as long as it takes but waits only a while for a busy table.
func (s *Store) migrating(do func(*goose.Provider, *sql.DB) error) (err error) {
	handle, done, err := s.dialect.unhurried(s)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { err = errors.Join(err, done()) }()
	db, err := handle.DB()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect.locker != nil {
		l, err := s.dialect.locker()
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(s.dialect.goose, db, migrations.FS, opts...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return do(p, db)
}

// Migrate brings the schema to the newest version and returns how many steps it
// applied. Several processes may call it at once: one applies, the others wait.
// A database that a newer release has migrated stays as it is: it returns
// *NewerError unless that release says that this one may run beside it.
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	// Looking first spares every ordinary start the lock and its round trips.
	v, err := s.Schema(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if err := v.Usable(); err != nil {
		return 0, err
	}
	if v.Pending == 0 {
		return 0, nil
	}
	return s.migrateTo(ctx, v.Newest)
}

// migrateTo applies the steps up to a version and writes down what each of them
// is compatible with.
func (s *Store) migrateTo(ctx context.Context, version int64) (applied int, err error) {
	err = s.migrating(func(p *goose.Provider, db *sql.DB) error {
		results, err := p.UpTo(ctx, version)
		if err != nil {
			return fmt.Errorf("migrate: %w", unsuited(wrap("apply steps", err)))
		}
		applied = len(results)
		for _, statement := range s.dialect.layout {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("migrate: %w", wrap("lay out tables", err))
			}
		}
		return s.recordSteps(s.db.WithContext(ctx), version)
	})
	return applied, err
}

// unsuited adds what to do about a database that was not made for this program.
func unsuited(err error) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return err
	}
	switch server.Code {
	case "42501": // insufficient privilege
		return fmt.Errorf("the user in database.url may not make tables: make it the owner of the database, or give it CREATE on the schema public: %w", err)
	case "42P07": // duplicate table
		return fmt.Errorf("the database has tables of something else: give idp one of its own: %w", err)
	}
	return err
}

// Migrations lists the versions of the schema and which are applied.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	steps, err := migrations.Steps()
	if err != nil {
		return nil, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	out := make([]Migration, 0, len(steps))
	for _, st := range steps {
		out = append(out, Migration{st.Version, st.Name, applied[st.Version]})
	}
	return out, nil
}
