package promises_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// comparing are calls that stop at the first difference.
var comparing = []string{"bytes.Equal", "bytes.Compare", "strings.EqualFold", "strings.Compare", "slices.Equal", "strings.HasPrefix", "strings.HasSuffix", "slices.Contains"}

// reveals reports whether an expression is a secret in clear.
func reveals(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name := calls(call); name == "len" || name == "subtle.ConstantTimeCompare" {
				return false // how long it is, is no secret
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Reveal" {
				found = true
			}
		}
		return !found
	})
	return found
}

func calls(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func empty(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Value == `""`
}

// comparesInClear are the places of a file where a secret is compared with something
// in a way whose time tells how much of it was right.
func comparesInClear(t *testing.T, path string, src any) (places []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		bad := false
		switch e := n.(type) {
		case *ast.BinaryExpr:
			bad = (e.Op == token.EQL || e.Op == token.NEQ) && !empty(e.X) && !empty(e.Y) && (reveals(e.X) || reveals(e.Y))
		case *ast.SwitchStmt:
			bad = e.Tag != nil && reveals(e.Tag)
		case *ast.CallExpr:
			for _, name := range comparing {
				for _, arg := range e.Args {
					bad = bad || calls(e) == name && reveals(arg)
				}
			}
		}
		if bad {
			places = append(places, set.Position(n.Pos()).String())
		}
		return true
	})
	return places
}

// No secret is compared in clear: it is hashed and looked up, or its MAC is checked,
// or subtle.ConstantTimeCompare does it.
func TestSecretsAreNotComparedInClear(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		`t.Reveal() == s`: 1, `s != x.t.Reveal()`: 1, `[]byte(t.Reveal())[0] == s`: 1, `strings.EqualFold(s, t.Reveal())`: 1,
		`len(t.Reveal()) != 32`: 0, `t.Reveal() == ""`: 0, `subtle.ConstantTimeCompare([]byte(t.Reveal()), s) == 1`: 0,
	} {
		if got := comparesInClear(t, "example.go", "package p\nvar _ = "+src); len(got) != want {
			t.Errorf("%s: %v", src, got)
		}
	}
	sources(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/internal/config/") || strings.Contains(path, "/bench/") {
			return // the administrator's own, at the start
		}
		for _, place := range comparesInClear(t, path, nil) {
			t.Errorf("%s compares a secret in clear", strings.TrimPrefix(place, root+"/"))
		}
	})
}
