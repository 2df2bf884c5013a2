package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents are all pages for people.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "examples/*.md", "examples/*/*.md", "deploy/*/README.md", "config.example.yaml"} {
		names, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			pages[strings.TrimPrefix(name, filepath.Join("..", "..")+string(filepath.Separator))] = string(text)
		}
	}
	if len(pages) < 15 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	return pages
}

// spelled finds commands as pages spell them: at the start of a line of code, or in
// backquotes.
var spelled = regexp.MustCompile("(?m)(?:^(?:    |\\$ |sudo (?:-u [a-z]+ )?)*|`)(?:idp|go run \\./cmd/idp) ([a-z][^`\n#|>;&)]*)")

// A command that a page names exists, and so do its flags.
func TestDocumentsNameCommandsThatExist(t *testing.T) {
	t.Parallel()
	named := 0
	for page, text := range documents(t) {
		for _, found := range spelled.FindAllStringSubmatch(text, -1) {
			args := strings.Fields(found[1])
			if strings.HasPrefix(page, "CHANGELOG") || !code(text, found[0]) {
				continue
			}
			named++
			if args[0] == "help" {
				continue
			}
			cmd, rest, ok := find(args)
			if !ok {
				if !family(args[0]) {
					t.Errorf("%s names the command %q, which does not exist", page, strings.TrimSpace(found[1]))
				}
				continue
			}
			flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
			flags.SetOutput(io.Discard)
			_ = cmd.call(t.Context(), env{strings.NewReader(""), io.Discard, io.Discard, func(string) string { return "" }}, flags, []string{"-h"}, nil)
			for _, word := range rest {
				name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
				if strings.HasPrefix(word, "--") && flags.Lookup(name) == nil {
					t.Errorf("%s gives %q the flag %s, which it does not have", page, "idp "+cmd.name, word)
				}
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d commands were found in the documents", named)
	}
}

// code reports whether what was found is set as code: prose may say "idp is small".
func code(text, found string) bool {
	if strings.HasPrefix(found, "`") || strings.HasPrefix(found, "    ") {
		return true
	}
	before, _, _ := strings.Cut(text, found)
	return strings.Count(before, "\n```")%2 == 1
}

// family reports whether a word begins the names of several commands.
func family(word string) bool {
	for _, c := range commands {
		if strings.HasPrefix(c.name, word+" ") {
			return true
		}
	}
	return false
}

// made finds how pages make a secret for an application: the root secret alone may be
// base64. RFC 6749 §2.3.1 encodes what is more than letters and digits, and not
// every client does.
var made = regexp.MustCompile(`openssl rand -base64[^\n]*`)

func TestDocumentsMakeSecretsThatEveryClientCanSend(t *testing.T) {
	t.Parallel()
	pages := documents(t)
	const manifest = "deploy/kubernetes/kustomization.yaml"
	text, err := os.ReadFile(filepath.Join("..", "..", manifest))
	if err != nil {
		t.Fatal(err)
	}
	pages[manifest] = strings.ReplaceAll(string(text), "root=\"$(openssl rand -base64 32)\"", "")
	for page, text := range pages {
		for _, line := range made.FindAllString(text, -1) {
			if page == manifest || strings.Contains(line, "tee") && !strings.Contains(line, "/secrets/root") {
				t.Errorf("%s: %s", page, line)
			}
		}
	}
}
