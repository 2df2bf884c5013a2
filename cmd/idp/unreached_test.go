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
			"the database server at " + there.Host + ` has no database "not_made": create it`, ""},
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
