package storage

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"

	"idp/migrations"
)

// Migration is one version of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

func (s *Store) goose() (*goose.Provider, error) {
	db, err := s.db.DB()
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect.locker != nil {
		l, err := s.dialect.locker()
		if err != nil {
			return nil, fmt.Errorf("migrate: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(s.dialect.goose, db, migrations.FS, opts...)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

// Migrate brings the schema to the newest version and returns how many steps it
// applied. Several processes may call it at once: one applies, the others wait.
// It refuses a database that a newer release has migrated.
func (s *Store) Migrate(ctx context.Context) (int, error) {
	p, err := s.goose()
	if err != nil {
		return 0, err
	}
	// Looking first spares every ordinary start the lock and its round trips.
	pending, err := p.HasPending(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	have, newest, err := s.versions(ctx, p)
	if err != nil {
		return 0, err
	}
	if have > newest {
		return 0, fmt.Errorf("migrate: the database is at version %d, this program knows only %d; start the newer release, or restore the backup made before its upgrade", have, newest)
	}
	if !pending {
		return 0, nil
	}
	results, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

func (s *Store) versions(ctx context.Context, p *goose.Provider) (have, newest int64, err error) {
	if have, err = p.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	for _, src := range p.ListSources() {
		newest = max(newest, src.Version)
	}
	return have, newest, nil
}

// Migrations lists the versions of the schema and which are applied.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	p, err := s.goose()
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	out := make([]Migration, 0, len(status))
	for _, st := range status {
		out = append(out, Migration{st.Source.Version, st.Source.Path, st.State == goose.StateApplied})
	}
	return out, nil
}
