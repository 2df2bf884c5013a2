package words_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources are the templates and the program, in one text.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		ext := filepath.Ext(path)
		if ext != ".html" && ext != ".txt" && ext != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What templates and program say is in the catalogue, and what is in the
// catalogue is said somewhere.
func TestPhrasesAreThoseThatAreUsed(t *testing.T) {
	t.Parallel()
	en, err := os.ReadFile("locales/en.words")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_.]+)(\[[a-z]+\])? =`).FindAllStringSubmatch(string(en), -1) {
		known[m[1]] = true
	}
	all, used := sources(t), map[string]bool{}
	// A problem with a title of its own is told to administrators, in English.
	all = regexp.MustCompile(`About: "\w+", Title: `).ReplaceAllString(all, "")
	use := func(pattern string, keys ...string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(all, -1) {
			for _, key := range keys {
				key = strings.ReplaceAll(key, "$", m[1])
				used[key] = true
				if !known[key] {
					t.Errorf("%s: there is no phrase %q", m[0], key)
				}
			}
		}
	}
	use(`(?:[({]t|\bSay\() ?"([a-z_.]*[a-z])"`, "$")
	use(`ownlink "[^"]*" "([a-z_.]+)"`, "$")
	use(`About(?:: +| = |, p\.EndedAt = | = http\.\w+, )"(\w+)"`, "problem.$.title", "problem.$.text")
	use(`Do: +"(\w+)"`, "do.$")
	use(`local\("(\w+)"`, "do.$")
	use(`"((?:in|delivery|refusal)\.[a-z_]+)"`, "$")
	for key := range known {
		composed := strings.HasPrefix(key, "scope.") || strings.HasPrefix(key, "access.") || strings.HasPrefix(key, "refusal.")
		if !used[key] && !composed && key != "problem.link_unknown.title" && key != "problem.link_unknown.text" {
			t.Errorf("nobody says %s", key)
		}
	}
}
