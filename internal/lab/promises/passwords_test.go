package promises_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var aboutPasswords = regexp.MustCompile(`(?i)passw|pwd|type="?password|current-password|bcrypt|argon2|scrypt`)

// There are no passwords: no page asks for one and no table could hold one.
func TestThereAreNoPasswords(t *testing.T) {
	t.Parallel()
	read := 0
	for _, dir := range []string{"migrations", "web/templates"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) == ".go" {
				return err
			}
			text, err := os.ReadFile(path)
			if found := aboutPasswords.Find(text); found != nil {
				t.Errorf("%s speaks of %q", path, found)
			}
			read++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 20 {
		t.Errorf("only %d files were read", read)
	}
}
