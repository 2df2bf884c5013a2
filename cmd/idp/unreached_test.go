package main

import (
	"bytes"
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/testdb"
)

// Whoever has the database wrong reads what is wrong with it: once, in one line, and
// without the password.
func TestDatabaseThatIsNotThere(t *testing.T) {
	t.Parallel()
	file := smallest(t, t.TempDir())
	empty := testdb.Empty(t, "postgres")
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(empty)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	there, _ := url.Parse(empty)
	for name, c := range map[string]struct{ url, check, other string }{
		"server down": {"postgres://idp:hunter2@localhost:1/idp", "the database server at localhost:1 cannot be reached: connection refused; see", ""},
		"no database": {with(func(u *url.URL) { u.Path, u.User = "/not_made", url.UserPassword(u.User.Username(), "hunter2") }),
			"the database server at " + there.Host + ` has no database "not_made"; create it`, ""},
		"login refused": {with(func(u *url.URL) { u.User = url.UserPassword("nobody", "hunter2") }),
			"the database server at " + there.Host + ` refuses the login: role "nobody" does not exist; see the user and the password`, ""},
		"no schema":    {empty, "the database has no schema yet; idp serve makes it at its start, and so does idp migrate up", "idp migrate up"},
		"no directory": {"sqlite:" + filepath.Join(t.TempDir(), "none", "idp.db"), "", "none/idp.db cannot be opened; see that its directory is there"},
	} {
		getenv := func(name string) string {
			return map[string]string{"IDP_SECRET": strings.Repeat("s", 32), "IDP_DATABASE_URL": c.url}[name]
		}
		var out, errs bytes.Buffer
		run(context.Background(), []string{"config", "check", "--config", file}, env{strings.NewReader(""), &out, &errs, getenv})
		if !strings.Contains(out.String(), c.check) || strings.Contains(out.String()+errs.String(), "hunter2") || strings.Count(out.String(), "\n") > 2 {
			t.Errorf("%s: config check says %q, %q", name, out.String(), errs.String())
		}
		if name != "no schema" && name != "no directory" {
			_, said := printed("doctor --dns 127.0.0.1:1 --config "+file, getenv)
			if seen, _, _ := strings.Cut(c.check, ";"); !strings.Contains(said, "database            problem  "+seen+"\n") || strings.Contains(said, "hunter2") {
				t.Errorf("%s: doctor: %s", name, said)
			}
		}
		if c.other == "" {
			c.other = c.check
		}
		for _, args := range []string{"users list", "config diff", "keys list"} {
			code, said := called(args+" --config "+file, getenv)
			if code != exitFailed || !oneLine(said) || !strings.Contains(said, c.other) || strings.Contains(said, "hunter2") {
				t.Errorf("%s: %s: %d %q", name, args, code, said)
			}
			if name == "server down" && (strings.Count(said, "refused") != 1 || !strings.Contains(said, "idp doctor")) {
				t.Errorf("%s: %s: %q", name, args, said)
			}
		}
	}
}

// A database that a newer release has changed is told as one by whoever looks at it.
func TestNewerDatabaseIsTold(t *testing.T) {
	t.Parallel()
	file, address := smallest(t, t.TempDir()), testdb.URL(t, "postgres")
	testdb.Exec(t, address, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
	getenv := func(name string) string {
		return map[string]string{"IDP_SECRET": strings.Repeat("s", 32), "IDP_DATABASE_URL": address}[name]
	}
	for _, args := range []string{"migrate status", "migrate up", "migrate up --dry-run", "keys list", "doctor --dns 127.0.0.1:1"} {
		if code, said := printed(args+" --config "+file, getenv); code != exitFailed || !strings.Contains(said, "the database is at version 99") || !strings.Contains(said, "start the newer release") {
			t.Errorf("%s: %d %s", args, code, said)
		}
	}
}

// With another root secret than the keys of the database nobody serves.
func TestDoctorSeesAnotherRootSecret(t *testing.T) {
	t.Parallel()
	file, address, root := smallest(t, t.TempDir()), testdb.URL(t, "postgres"), strings.Repeat("s", 32)
	getenv := func(name string) string {
		return map[string]string{"IDP_SECRET": root, "IDP_DATABASE_URL": address}[name]
	}
	if code, said := called("keys rotate --now --config "+file, getenv); code != 0 {
		t.Fatal(said)
	}
	const says = "cannot be opened: the root secret is not the one it was sealed with"
	if _, said := printed("doctor --dns 127.0.0.1:1 --config "+file, getenv); strings.Contains(said, says) {
		t.Error(said)
	}
	root = strings.Repeat("t", 32)
	if _, said := printed("doctor --dns 127.0.0.1:1 --config "+file, getenv); !strings.Contains(said, says) {
		t.Error(said)
	}
}

// printed is called with what goes to the output too.
func printed(args string, getenv func(string) string) (code int, said string) {
	var both bytes.Buffer
	code = run(context.Background(), strings.Fields(args), env{strings.NewReader(""), &both, &both, getenv})
	return code, both.String()
}
