package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idp/internal/config"
)

// Whatever a configuration was read from: a change of it is noticed, and nothing
// else is.
func TestFileNoticesChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(in(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("secret", strings.Repeat("s", 40))
	write("clients.d/a.yaml", team("a"))
	write("words/default/de.words", "x = y\n")
	write("idp.yaml", strings.Replace(minimal("include: clients.d/*.yaml\nlocales: {dir: "+in("words")+"}\n"), "env:IDP_SECRET", "file:"+in("secret"), 1))
	f := config.OpenFile(in("idp.yaml"), environment)
	cfg, print, hash, err := f.Load()
	if err != nil || len(cfg.Declared) != 2 || print != f.Print() || len(hash) != 12 {
		t.Fatalf("%v, %q, %q", err, print, hash)
	}
	info, err := os.Stat(in("secret"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		change func()
		news   bool
	}{
		{"nothing", func() {}, false},
		{"another file", func() { write("notes.txt", "x") }, false},
		{"a file that no pattern matches", func() { write("clients.d/readme", "x") }, false},
		{"a touched file", func() { _ = os.Chtimes(in("idp.yaml"), time.Now(), time.Now()) }, false},
		{"a secret of the same size and time", func() {
			write("secret", strings.Repeat("t", 40))
			_ = os.Chtimes(in("secret"), info.ModTime(), info.ModTime())
		}, true},
		{"a new team", func() { write("clients.d/b.yaml", team("b")) }, true},
		{"a team's change", func() { write("clients.d/a.yaml", team("a", "a2")) }, true},
		{"a team that goes", func() { _ = os.Remove(in("clients.d/b.yaml")) }, true},
		{"words", func() { write("words/default/de.words", "x = z\n") }, true},
		{"a letter", func() { write("words/default/de/login.txt", "x") }, true},
		{"the file goes", func() { _ = os.Remove(in("idp.yaml")) }, true},
	} {
		before := f.Print()
		step.change()
		if news := f.Print() != before; news != step.news {
			t.Errorf("%s: noticed %v", step.name, news)
		}
	}
}

// The hash is for people who compare replicas: it is of the YAML, wherever that
// stands, and tells nothing of the secrets.
func TestFileHash(t *testing.T) {
	t.Parallel()
	hashOf := func(text, secret string) string {
		t.Helper()
		dir := t.TempDir()
		for name, content := range map[string]string{"idp.yaml": text, "secret": secret} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, _, hash, _ := config.OpenFile(filepath.Join(dir, "idp.yaml"), environment).Load()
		return hash
	}
	one := hashOf(minimal(""), "x")
	if hashOf(minimal(""), "y") != one || hashOf(minimal("# more\n"), "x") == one {
		t.Error("the hash is not that of the YAML alone")
	}
}

func TestNeedRestart(t *testing.T) {
	t.Parallel()
	old, err := config.Parse("idp.yaml", []byte(minimal("")), environment)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, changed, restart string }{
		{"https://login", "https://signin", "issuer", "issuer"},
		{"issuer:", "listen: ':9000'\nissuer:", "listen", "listen"},
		{"env:IDP_SECRET", "env:IDP_PREVIOUS_SECRET", "secret", "secret"},
		{"{url: env:IDP_DATABASE_URL}", "{url: env:IDP_DATABASE_URL, max_connections: 20}", "database.max_connections", "database.max_connections"},
		{"issuer:", "log: {level: debug, format: text}\nissuer:", "log.level log.format", "log.format"},
		{"issuer:", "previous_secret: env:IDP_PREVIOUS_SECRET\nissuer:", "previous_secret", "previous_secret"},
		{"issuer:", "limits: {codes_per_ip: 5/1m}\nkeys: {rotate_every: 60d}\nissuer:", "limits.codes_per_ip keys.rotate_every", ""},
		{"smtp.example.com", "mail.example.com", "mail.smtp.host", ""},
		{"issuer:", "groups: {staff: {emails: [ada@example.com]}}\nissuer:", "groups", ""},
		{"issuer:", "abuse: {captcha: {provider: turnstile, site_key: abcdefghij, secret: \"env:IDP_CAPTCHA_SECRET\"}}\nissuer:", "abuse.captcha", ""},
		{"name: Notes", "name: Memos", "", ""},
		{"issuer:", "# a comment\nissuer:", "", ""},
	} {
		now, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal(""), c.from, c.to, 1)), environment)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(config.Changes(old, now), " "); got != c.changed {
			t.Errorf("%s: changed is %q, want %q", c.to, got, c.changed)
		}
		if got := strings.Join(config.NeedRestart(old, now), " "); got != c.restart {
			t.Errorf("%s: a restart is needed for %q, want %q", c.to, got, c.restart)
		}
	}
}
