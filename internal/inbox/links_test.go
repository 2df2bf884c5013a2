package inbox

import (
	"strings"
	"testing"
)

func TestSplitLinks(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, url string }{
		{"go to https://example.com/a?b=c&d=e#f now", "https://example.com/a?b=c&d=e#f"},
		{"http://localhost:8080/x", "http://localhost:8080/x"},
		{"Open https://example.com/a.", "https://example.com/a"},
		{"(see https://example.com/a).", "https://example.com/a"},
		{"https://example.com/a_(b)", "https://example.com/a_(b)"},
		{"<https://example.com/a>", "https://example.com/a"},
		{"HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"},
		{"javascript:alert(1) ftp://example.com", ""},
		{"nothing here", ""},
		{"", ""},
	}
	for _, test := range tests {
		var whole strings.Builder
		url := ""
		for _, s := range splitLinks(test.text) {
			whole.WriteString(s.Text)
			if s.URL != "" {
				url = s.URL
			}
		}
		if whole.String() != test.text || url != test.url {
			t.Errorf("%q: link %q, text %q; want link %q", test.text, url, whole.String(), test.url)
		}
	}
}

func TestWithTopLinks(t *testing.T) {
	t.Parallel()
	const base = `<base target="_top">`
	for mail, want := range map[string]string{
		"<p>hi</p>":                          "<!DOCTYPE html>" + base + "<p>hi</p>",
		"\n<!doctype html>\n<html>":          "\n<!doctype html>" + base + "\n<html>",
		"<!DOCTYPE html PUBLIC \"x\"><html>": "<!DOCTYPE html PUBLIC \"x\">" + base + "<html>",
	} {
		if got := withTopLinks(mail); got != want {
			t.Errorf("%q became %q, want %q", mail, got, want)
		}
	}
}
