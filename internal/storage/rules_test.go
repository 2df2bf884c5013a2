package storage

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden are the forms of GORM that lose or change data silently: struct
// conditions drop zero values, so that an empty token finds any row; Save writes
// columns that nobody named.
var forbidden = map[string]*regexp.Regexp{
	"a struct condition":      regexp.MustCompile(`\.(Where|Find|First|Take|Not|Or)\([^)]*&?[A-Za-z]+\{`),
	"an inline condition":     regexp.MustCompile(`\.(First|Take|Last|Find|Delete)\(&?[a-z]\w*, `),
	"Save":                    regexp.MustCompile(`\.Save\(`),
	"AutoMigrate":             regexp.MustCompile(`AutoMigrate\(`),
	"a GORM model":            regexp.MustCompile(`gorm\.(Model|DeletedAt)`),
	"a hook":                  regexp.MustCompile(`func \([^)]*\) (Before|After)(Create|Save|Update|Delete|Find)\(`),
	"the database's clock":    regexp.MustCompile(`(?i)\b(now\(\)|current_timestamp)`),
	"a statement from pieces": regexp.MustCompile(`fmt\.Sprintf\("(SELECT|UPDATE|INSERT|DELETE)`),
}

func TestSourceKeepsTheRules(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "doc.go" {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "impatient.go" || name == "pipeline.go" { // how long they wait is no business of the callers' clock
			src = bytes.ReplaceAll(src, []byte("time.Now()"), nil)
		}
		for what, re := range forbidden {
			if m := re.Find(src); m != nil {
				t.Errorf("%s uses %s: %s", name, what, m)
			}
		}
		if name != "dialect.go" && name != "postgres.go" && regexp.MustCompile(`(?i)"[^"]*(postgres|sqlite)[^"]*"`).Match(src) {
			t.Errorf("%s names a database: that is the business of dialect.go and postgres.go", name)
		}
	}
}
