package storage_test

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"idp/internal/storage"
	"idp/internal/testdb"
	"idp/migrations"
)

// A release that is rolled out beside the one before it says so in its steps; any
// other stops the older program, with words that say what to do.
func TestProgramsBesideANewerSchema(t *testing.T) {
	t.Parallel()
	steps, err := migrations.Steps()
	if err != nil {
		t.Fatal(err)
	}
	newest := steps[len(steps)-1].Version
	for _, c := range []struct {
		name   string
		says   []string // statements of newer releases
		refuse bool
	}{
		{"it only adds", []string{step(newest+1, newest)}, false},
		{"two that only add", []string{step(newest+1, newest), step(newest+2, newest)}, false},
		{"it is compatible with older ones still", []string{step(newest+1, 1)}, false},
		{"it takes away", []string{step(newest+1, newest+1)}, true},
		{"the second takes away", []string{step(newest+1, newest), step(newest+2, newest+1)}, true},
		{"it says nothing", []string{applied(newest + 1)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			testdb.EachKind(t, func(t *testing.T, kind string) {
				s := testdb.Open(t, testdb.URL(t, kind))
				for _, statements := range c.says {
					for statement := range strings.SplitSeq(statements, ";") {
						if err := storage.ExecForTest(s, statement); err != nil {
							t.Fatal(err)
						}
					}
				}
				n, err := s.Migrate(context.Background())
				var newer *storage.NewerError
				if errors.As(err, &newer) != c.refuse || err != nil && !c.refuse || n != 0 {
					t.Fatalf("%d steps, %v", n, err)
				}
				if c.refuse && (newer.Newest != newest || !strings.Contains(err.Error(), "start the newer release")) {
					t.Fatalf("the refusal helps nobody: %v", err)
				}
			})
		})
	}
}

// A database of a newer release holds what this program does not know. It is not emptied,
// and who is about to restore a backup is not sent to do so.
func TestPrepareOverNewerDatabase(t *testing.T) {
	t.Parallel()
	all, err := migrations.Steps()
	if err != nil {
		t.Fatal(err)
	}
	newest := all[len(all)-1].Version
	for _, says := range []string{applied(newest + 1), step(newest+1, newest)} {
		testdb.EachKind(t, func(t *testing.T, kind string) {
			s := testdb.Open(t, testdb.URL(t, kind))
			for statement := range strings.SplitSeq(says, ";") {
				if err := storage.ExecForTest(s, statement); err != nil {
					t.Fatal(err)
				}
			}
			for _, replace := range []bool{false, true} {
				err := s.Prepare(t.Context(), newest, replace)
				if err == nil || !strings.Contains(err.Error(), "take another database, which is empty") {
					t.Errorf("%q, replace %v: %v", says, replace, err)
				}
			}
		})
	}
}

func applied(version int64) string {
	return "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" + itoa(version) + ", true)"
}

func step(version, compatible int64) string {
	return applied(version) + ";INSERT INTO schema_steps (version, compatible_with) VALUES (" + itoa(version) + ", " + itoa(compatible) + ")"
}

// A dry run tries every step for real and leaves nothing.
func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	testdb.EachKind(t, func(t *testing.T, kind string) {
		ctx, s := context.Background(), testdb.Open(t, testdb.Empty(t, kind))
		pending, err := s.Pending(ctx)
		if err != nil || len(pending) < 12 || pending[0].Version != 1 || !strings.Contains(pending[0].SQL, "CREATE TABLE users") || strings.Contains(pending[0].SQL, "DROP TABLE users") {
			t.Fatalf("%d pending steps, %v", len(pending), err)
		}
		if err := s.TryMigrate(ctx); err != nil {
			t.Fatal(err)
		}
		if sizes, err := s.Sizes(ctx); err != nil || len(sizes) != 0 {
			t.Fatalf("the dry run left tables: %v, %v", sizes, err)
		}
		// What is in the way of the real one is in the way of this one.
		if err := storage.ExecForTest(s, "CREATE TABLE device_codes (id TEXT)"); err != nil {
			t.Fatal(err)
		}
		if err := s.TryMigrate(ctx); err == nil || !strings.Contains(err.Error(), "00004_grants.sql") {
			t.Fatalf("a dry run that must fail: %v", err)
		}
		if sizes, err := s.Sizes(ctx); err != nil || len(sizes) != 1 {
			t.Fatalf("the dry run left tables: %v, %v", sizes, err)
		}
		if v, err := s.Schema(ctx); err != nil || v.Current() == nil || !strings.Contains(v.Current().Error(), "idp migrate up") {
			t.Fatalf("an empty database is current: %v, %v", v, err)
		}
	})
}

// From 00015 on every step says which programs may run beside it.
func TestEveryStepNamesItsNeighbours(t *testing.T) {
	t.Parallel()
	steps, err := migrations.Steps()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range steps {
		text, err := migrations.FS.ReadFile(st.Name)
		if err != nil {
			t.Fatal(err)
		}
		if st.Version >= 15 && !strings.HasPrefix(string(text), "-- compatible-with: ") {
			t.Errorf("%s does not begin with -- compatible-with: N", st.Name)
		}
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Whoever gives a database that was not made for this reads what to do.
func TestMigrationSaysWhatTheDatabaseLacks(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		`REVOKE CREATE ON SCHEMA public FROM PUBLIC; ALTER DATABASE "NAME" SET role = pg_read_all_data`: "make it the owner of the database",
		`CREATE TABLE users (id int)`: "give idp one of its own",
	} {
		address := testdb.Empty(t, "postgres")
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		testdb.Exec(t, address, strings.Replace(statement, "NAME", strings.TrimPrefix(u.Path, "/"), 1))
		if _, err := testdb.Open(t, address).Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
