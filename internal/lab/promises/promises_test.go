package promises_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// refused are the requirements that stand nowhere, by decision.
var refused = []string{"C13", "C15", "C16", "D25", "E15"}

// lists are how long the five lists of requirements are.
var lists = map[string]int{"A": 28, "B": 16, "C": 21, "D": 48, "E": 19}

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	row    = regexp.MustCompile(`(?m)^\| ([A-E]\d+(?:, [A-E]\d+)*) \|(.*)\|$`)
)

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sources calls visit with every Go file of the product.
func sources(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") {
			visit(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goTests are all tests as package.TestName; a package is named by its directory.
func goTests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	sources(t, func(path string) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				all[filepath.Base(filepath.Dir(path))+"."+f.Name.Name] = true
			}
		}
	})
	return all
}

// exists reports whether a test of this name is there.
func exists(t *testing.T, tests map[string]bool, name string) bool {
	t.Helper()
	file, title, browser := strings.Cut(name, ": ")
	if !browser {
		return tests[name]
	}
	return strings.Contains(text(t, file), fmt.Sprintf("test('%s',", title))
}

// Every test that is named exists, and every requirement is proven, owed or put
// aside, once.
func TestPromisesAreProven(t *testing.T) {
	document := text(t, "docs/promises.md")
	proven, _, found := strings.Cut(document, "\n## Not proven yet")
	if !found {
		t.Fatal("there is no section of what is not proven")
	}
	tests := goTests(t)
	named := 0
	for _, r := range row.FindAllStringSubmatch(proven, -1) {
		names := quoted.FindAllStringSubmatch(r[2], -1)
		if len(names) == 0 {
			t.Errorf("%s: no test is named", r[1])
		}
		for _, n := range names {
			named++
			if !exists(t, tests, n[1]) {
				t.Errorf("%s: there is no test %s", r[1], n[1])
			}
		}
	}
	t.Logf("%d tests are named", named)
	var got []string
	for _, r := range row.FindAllStringSubmatch(document, -1) {
		got = append(got, strings.Split(r[1], ", ")...)
	}
	for list, n := range lists {
		for i := range n {
			id := fmt.Sprint(list, i+1)
			if times := strings.Count(" "+strings.Join(got, " ")+" ", " "+id+" "); times != 1 && !slices.Contains(refused, id) || times != 0 && slices.Contains(refused, id) {
				t.Errorf("%s stands there %d times", id, times)
			}
		}
	}
}

// pauses are where numbers that can be foreseen only spread the load of retries, or
// imitate the time that a mail server takes.
var pauses = []string{"internal/jobs/run.go", "internal/logout/deliver.go", "internal/mail/recent.go"}

// Secrets come from the system: nothing else may draw numbers that can be foreseen.
func TestNoWeakRandomness(t *testing.T) {
	sources(t, func(path string) {
		relative := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(relative, "bench/") || slices.Contains(pauses, relative) {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if strings.HasPrefix(i.Path.Value, `"math/rand`) {
				t.Errorf("%s imports %s", relative, i.Path.Value)
			}
		}
	})
}
