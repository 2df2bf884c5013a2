package promises_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var linked = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)

// No page leads to a page that is not there.
func TestLinksBetweenPages(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "examples/*.md", "examples/*/*.md", "deploy/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	links := 0
	for _, page := range pages {
		body, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range linked.FindAllStringSubmatch(string(body), -1) {
			if strings.Contains(l[1], ":") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), l[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, l[1])
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found", links)
	}
}

var namedTest = regexp.MustCompile("`([a-z]+\\.Test[A-Za-z0-9]+)`")

// Every test that a page names exists.
func TestPagesNameTestsThatExist(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, named := goTests(t), 0
	for _, page := range pages {
		body, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range namedTest.FindAllStringSubmatch(string(body), -1) {
			if n[1] == "package.TestName" { // which says how they are named
				continue
			}
			named++
			if !tests[n[1]] {
				t.Errorf("%s names %s, which does not exist", page, n[1])
			}
		}
	}
	if named < 100 {
		t.Errorf("only %d tests were found", named)
	}
}
