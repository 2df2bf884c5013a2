package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var testName = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// A laboratory that lost its test would be a proof of nothing.
func TestEveryLaboratoryIsThere(t *testing.T) {
	t.Parallel()
	for _, l := range laboratories {
		files, err := filepath.Glob(filepath.Join("..", "..", l.pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var all string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		run, found := regexp.MustCompile(l.run), false
		for _, m := range testName.FindAllStringSubmatch(all, -1) {
			found = found || run.MatchString(m[1])
		}
		if !found || !strings.Contains(all, "prove.Figure(") {
			t.Errorf("%s: no test in %s is called %s and has figures", l.name, l.pkg, l.run)
		}
	}
}
