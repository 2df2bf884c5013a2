package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallest writes a good configuration with nothing in it that need not be there.
func smallest(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, "idp.yaml")
	if err := os.WriteFile(file, []byte(`issuer: https://login.example.com
secret: env:IDP_SECRET
database: {url: env:IDP_DATABASE_URL}
mail: {from: login@example.com, smtp: {host: smtp.example.com}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What is typed wrongly gets one line and 2, what fails gets 1.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := smallest(t, dir)
	getenv := func(name string) string {
		return map[string]string{"IDP_SECRET": strings.Repeat("s", 32), "IDP_DATABASE_URL": "sqlite:" + filepath.Join(dir, "idp.db")}[name]
	}
	for _, tt := range []struct {
		args string
		code int
	}{
		{"migrate up --config " + good, 0},
		{"users list --config " + good, 0},
		{"users show nobody@example.com --config " + good, 2},
		{"users show usr_x --config " + good, 2},
		{"users show --config " + good, 2},
		{"users list --limit many --config " + good, 2},
		{"users list --limit 0 --config " + good, 2},
		{"audit search --limit -1 --config " + good, 2},
		{"audit tail -n -1 --config " + good, 2},
		{"audit tail -n 0 --config " + good, 0},
		{"users frobnicate", 2},
		{"users delete nobody@example.com --yes --config " + good, 2},
		{"sessions end --config " + good, 2},
		{"audit search --since never --config " + good, 2},
		{"audit verify --anchor 1:x --config " + good, 1},
		{"users list --config " + filepath.Join(dir, "none.yaml"), 1},
		{"clients show x --config " + good, 2},
		{"completion tcsh", 2},
		{"man page", 2},
		{"man", 0},
		{"completion fish", 0},
		{"users show -h", 0},
		{"frobnicate", 2},
		{"mail unbounce ada@example.com --config " + good, 0},
		{"mail unbounce --config " + good + " ada", 2},
		{"mail test --config " + good, 2},
		{"mail test ada --config " + good, 2},
		{"mail test ada@example.com --locale tlh --config " + good, 2},
		{"mail preview --locale tlh --config " + good, 2},
		{"mail preview --client nobody --config " + good, 2},
		{"mail preview --format pdf --config " + good, 2},
		{"mail preview --letter farewell --config " + good, 2},
		{"mail dkim --domain example.com --selector s --out /x --algorithm md5", 2},
		{"keys rotate --algorithm HS256 --config " + good, 2},
		{"invite ada@example.com --ttl 90d --config " + good, 2},
		{"invite ada@example.com --ttl x --config " + good, 2},
		{"invite ada@example.com --client nobody --config " + good, 2},
		{"invite ada --config " + good, 2},
		{"explain --client nobody --config " + good, 2},
		{"explain --limit 0 --config " + good, 2},
		{"client snippet nobody --config " + good, 2},
		{"limits --address ada --config " + good, 2},
		{"limits --network here --config " + good, 2},
		{"copy --from x --to sqlite:/y", 2},
		{"copy --from sqlite:/y", 2},
		{"dev --resource https://api.example.com/", 2},
		{"dev --port 0", 2},
		{"dev --port 65533", 2},
		{"doctor --to Ada", 2},
		{"healthcheck --url ::", 2},
		{"config check --json --config " + good, 2},
		{"migrate up --sql --config " + good, 2},
		{"backup --config " + good, 2},
		{"restore --config " + good, 2},
	} {
		if code, said := called(tt.args, getenv); code != tt.code || code == 2 && !oneLine(said) {
			t.Errorf("%s: exit code %d, want %d: %s", tt.args, code, tt.code, said)
		}
	}
}

// Whoever is elsewhere than their idp.yaml hears how to say where it is.
func TestNoConfiguration(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "idp.yaml")
	for _, args := range []string{"serve", "users list", "sessions end --user ada@example.com", "purge", "config check"} {
		if code, said := called(args+" --config "+none, os.Getenv); code != exitFailed || !strings.Contains(said, "idp.yaml: no such file or directory; name the file with --config") {
			t.Errorf("%s: exit code %d: %s", args, code, said)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A secret that went nowhere, a list that ends early: whoever asked for it in a script
// hears of it by the exit code.
func TestLostOutputIsAFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := smallest(t, dir)
	getenv := func(name string) string {
		return map[string]string{"IDP_SECRET": strings.Repeat("s", 32), "IDP_DATABASE_URL": "sqlite:" + filepath.Join(dir, "idp.db")}[name]
	}
	for _, args := range []string{
		"version", "help", "help keys", "users show -h", "client secret", "client registration-token", "config schema", "man",
		"config check --config " + good, "migrate up --config " + good, "config diff --config " + good, "migrate status --config " + good,
		"rotate-secret --new --config " + good, "invite ada@example.com --print --config " + good, "audit verify --config " + good,
		"audit tail --config " + good, "audit search --json --config " + good, "epoch raise --config " + good, "users list --config " + good,
	} {
		var errs bytes.Buffer
		code := run(t.Context(), strings.Fields(args), env{strings.NewReader(""), full{}, &errs, getenv})
		if said := errs.String(); code != exitFailed || strings.Count(said, "no space left on device") != 1 {
			t.Errorf("%s: exit code %d: %s", args, code, said)
		}
	}
}

// A mail server loses what it pipes to a program that fails in any other way than
// this one.
func TestReturnedMailWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := smallest(t, dir)
	report, err := os.ReadFile("../../internal/bounce/testdata/postfix.eml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config, database, mail string
		want                   int
	}{
		"no database":      {good, "postgres://idp@localhost:1/idp", string(report), 75},
		"no schema":        {good, "sqlite:" + filepath.Join(dir, "idp.db"), string(report), 75},
		"no configuration": {filepath.Join(dir, "none.yaml"), "", string(report), 75},
		"another mail":     {good, "postgres://idp@localhost:1/idp", "Subject: hello\n\nhow are you?\n", 0},
	} {
		getenv := func(name string) string {
			return map[string]string{"IDP_SECRET": strings.Repeat("s", 32), "IDP_DATABASE_URL": c.database}[name]
		}
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"mail", "bounce", "--config", c.config}, env{strings.NewReader(c.mail), &out, &errs, getenv})
		if code != c.want {
			t.Errorf("%s: exit code %d, want %d: %s%s", name, code, c.want, &out, &errs)
		}
	}
}

func called(args string, getenv func(string) string) (code int, said string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), strings.Fields(args), env{strings.NewReader(""), &out, &errs, getenv})
	return code, errs.String()
}

// A yes is asked of somebody who can give one. /dev/null looks like a terminal.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, in := range []io.Reader{null, strings.NewReader("y\n")} {
		var out, errs bytes.Buffer
		err := confirm(env{in: in, out: &out, err: &errs}, false, "Delete %s?", "it")
		var wrong calledWrongly
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "give --yes") {
			t.Errorf("%v: %v", in, err)
		}
	}
}

func oneLine(said string) bool {
	return strings.HasPrefix(said, "idp: ") && strings.Count(said, "\n") == 1
}

// Every command says in one way that it does not know a flag or a word, and which
// word it misses.
func TestEveryCommandIsCalledWronglyInOneWay(t *testing.T) {
	t.Parallel()
	nothing := func(string) string { return "" }
	for _, c := range commands {
		wrong := []string{c.name + " --frobnicate", c.name + strings.Repeat(" x", len(strings.Fields(c.words))+1)}
		if c.words != "" && !strings.HasPrefix(c.words, "[") {
			wrong = append(wrong, c.name)
		}
		for _, args := range wrong {
			if code, said := called(args, nothing); code != exitUsage || !oneLine(said) {
				t.Errorf("%s: exit code %d: %s", args, code, said)
			}
		}
	}
}
