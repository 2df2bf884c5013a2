package demo_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	want := "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' " + p.url +
		"; frame-ancestors 'none'; base-uri 'none'"
	for _, path := range []string{"/", "/callback", "/signed-out", "/nowhere", "/static/demo.css", "/healthz"} {
		got := newBrowser(t).open(app + path).header
		if got.Get("Content-Security-Policy") != want || got.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers = %v", path, got)
		}
	}
}

// Threat: a page of another origin, even of another port on this host, presses
// our buttons for the person who visits it.
func TestFormsOfOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := newApp(t, p)
	for _, path := range []string{"/refresh", "/logout"} {
		for _, header := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Origin": {p.url}},
		} {
			b := newBrowser(t)
			b.open(app + "/login")
			got := b.do(b.client, http.MethodPost, app+path, header)
			wantPage(t, got, http.StatusForbidden, "That came from another site")
			wantPage(t, b.open(app+"/"), http.StatusOK, "Signed in as", "Not used yet")
		}
	}
}

func TestPagesAskForNothingInline(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	b := newBrowser(t)
	for _, path := range []string{"/", "/login", "/signed-out", "/nowhere", "/callback"} {
		text := b.open(app + path).text
		for _, bad := range []string{"<style", "style=", "<script", "onclick", "javascript:"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s contains %s", path, bad)
			}
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	app := newApp(t, newProvider(t))
	tests := []struct {
		path   string
		status int
		kind   string
	}{
		{"/healthz", 200, "text/plain; charset=utf-8"},
		{"/static/demo.css", 200, "text/css; charset=utf-8"},
		{"/static/icon.svg", 200, "image/svg+xml"},
		{"/static/", 404, "text/html; charset=utf-8"},
		{"/nowhere", 404, "text/html; charset=utf-8"},
		{"/logout", 404, "text/html; charset=utf-8"},
	}
	for _, test := range tests {
		got := newBrowser(t).open(app + test.path)
		if got.status != test.status || got.header.Get("Content-Type") != test.kind {
			t.Errorf("%s = %d %s, want %d %s", test.path, got.status, got.header.Get("Content-Type"), test.status, test.kind)
		}
	}
}
