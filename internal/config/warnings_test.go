package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"idp/internal/config"
	"idp/internal/presets"
)

// Scopes that are most likely mistakes are told, and names of one's own are not.
func TestScopesThatAreNotMeant(t *testing.T) {
	t.Parallel()
	hint := func(scope string) string {
		return `means nothing to this server, only to what the application calls; did you mean "` + scope + `"?`
	}
	const noOpenID = "idp.yaml:11:5: clients[0].scopes: contains email, but not openid: without it there is no ID token, and userinfo answers nothing"
	for more, want := range map[string]string{
		"scopes: [openid, profil]":                           "idp.yaml:11:22: clients[0].scopes[1]: " + hint("profile"),
		"scopes: [openid, emial]":                            "idp.yaml:11:22: clients[0].scopes[1]: " + hint("email"),
		"scopes: [openid, offline-access]":                   "idp.yaml:11:22: clients[0].scopes[1]: " + hint("offline_access"),
		"scopes: [openid, Profile]":                          "idp.yaml:11:22: clients[0].scopes[1]: " + hint("profile"),
		"scopes: [openid, group]":                            "idp.yaml:11:22: clients[0].scopes[1]: " + hint("groups"),
		"scopes: [email, profile]":                           noOpenID,
		"scopes: [openid, email, profile, groups, admin]":    "",
		"scopes: [openid, notes.read, api, user, file, 'x']": "",
		"pkce: optional":                                     "",
		"scopes: [notes.read]":                               "",
	} {
		c, err := config.Parse("idp.yaml", []byte(minimal("")+"    "+more+"\n"), environment)
		if err != nil {
			t.Errorf("%s: %v", more, err)
		} else if got := c.Warnings().Error(); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", more, got, want)
		}
	}
}

// What people copy from is without warnings, and so are the presets.
func TestNoWarningWhereItIsCopied(t *testing.T) {
	t.Parallel()
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{example(t)}
	for _, p := range all {
		texts = append(texts, minimal("")+"    scopes: ["+strings.Join(p.Scopes, ", ")+"]\n")
	}
	for _, text := range texts {
		c, err := config.Parse("idp.yaml", []byte(text), environment)
		if err != nil {
			t.Error(err)
		} else if w := c.Warnings(); len(w) > 0 {
			t.Error(w)
		}
	}
}

// A secret that everybody on the machine can read is told with its place; one that is
// closed to them, by itself or by a directory above it, is not.
func TestSecretsThatEverybodyCanRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		directory, file os.FileMode
		told            bool
	}{
		"everybody's":       {0o755, 0o644, true},
		"of a group":        {0o755, 0o640, false},
		"behind closed":     {0o750, 0o644, false},
		"only to be passed": {0o711, 0o604, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			dir := filepath.Join(above, "secrets")
			file := filepath.Join(dir, "root")
			if err := errors.Join(os.Chmod(filepath.Dir(above), 0o755), os.Chmod(above, 0o755), os.Mkdir(dir, 0o700), //nolint:gosec // as it may be found
				os.WriteFile(file, []byte(strings.Repeat("s", 32)), 0o600), os.Chmod(file, c.file), os.Chmod(dir, c.directory)); err != nil {
				t.Fatal(err)
			}
			link := filepath.Join(above, "link")
			if err := os.Symlink(file, link); err != nil {
				t.Fatal(err)
			}
			const hash = "sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"
			for _, named := range []string{file, link} {
				for in, at := range map[string]string{"env:IDP_SECRET": "3:9: secret", hash: "9:15: clients[0].secrets[0]"} {
					cfg, err := config.Parse("idp.yaml", []byte(strings.Replace(minimal(""), in, "file:"+named, 1)), environment)
					if err != nil {
						t.Fatal(err)
					}
					want := ""
					if c.told {
						want = "idp.yaml:" + at + ": " + named + " can be read by everybody on this machine: chmod o-rwx " + named
					}
					if got := cfg.Warnings().Error(); got != want {
						t.Errorf("got  %s\nwant %s", got, want)
					}
				}
			}
		})
	}
}

// What never ends is no secret: a server that reads it would never start, and one that
// runs would follow its files no more.
func TestSecretsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large, pipe := filepath.Join(dir, "large"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(large, make([]byte, 1<<20), 0o600), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"/dev/zero": "no regular file", pipe: "no regular file", large: "1048576 bytes", dir: "is a directory"} {
		file := config.OpenFile(written(t, strings.Replace(minimal(""), "env:IDP_SECRET", "file:"+file, 1)), environment)
		if _, _, _, err := file.Load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		file.Print()
	}
}

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "idp.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
