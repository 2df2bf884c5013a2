package web_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/web"
)

func newPages(t *testing.T) *web.Pages {
	t.Helper()
	p, err := web.Load(web.Options{Site: "login.example.com", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The policy allows no inline script or style; a template that has one would
// simply not work in a browser.
func TestTemplatesHaveNothingInline(t *testing.T) {
	err := fs.WalkDir(os.DirFS("templates"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "mail/") {
			return err
		}
		src, err := os.ReadFile("templates/" + path)
		if err != nil {
			return err
		}
		for what, re := range map[string]string{
			"a style attribute": `\sstyle=`, "an event handler": `\son[a-z]+=`, "an inline script": `<script>`, "an inline style": `<style`,
			"a foreign address": `(src|href)="(https?:)?//`, "unescaped text": `\|\s*safe|template\.HTML`,
		} {
			if m := regexp.MustCompile(re).Find(src); m != nil {
				t.Errorf("%s has %s: %s", path, what, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStyleSheetIsSmall(t *testing.T) {
	src, err := os.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(src); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if len(src) > 12<<10 {
		t.Errorf("app.css has %d bytes (%d zipped), more than 12 KiB", len(src), zipped.Len())
	}
}

// Chrome applies form-action to the redirects after a form, so the application's
// origin must be named; nothing in a URI may add a directive of its own.
func TestPolicyNamesFormTargets(t *testing.T) {
	p := newPages(t)
	for uri, want := range map[string]string{
		"https://app.example.com/cb?x=1":  "form-action 'self' https://app.example.com",
		"http://127.0.0.1:9000/cb":        "form-action 'self' http://127.0.0.1:9000",
		"com.example.app:/cb":             "form-action 'self' com.example.app:",
		"https://a.example; script-src *": "form-action 'self'",
		"https://a.example,b.example/cb":  "form-action 'self'",
		"":                                "form-action 'self'",
	} {
		w := httptest.NewRecorder()
		err := p.Render(w, httptest.NewRequest("GET", "/", nil), 200, web.Page{Name: "logged_out", Title: "x", Data: map[string]any{"Stayed": false}, FormTargets: []string{uri}})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasSuffix(got, want) {
			t.Errorf("%q: %s", uri, got)
		}
	}
}

func TestAssetsCarryTheirHash(t *testing.T) {
	p := newPages(t)
	w := httptest.NewRecorder()
	if err := p.Render(w, httptest.NewRequest("GET", "/", nil), 200, web.Page{Name: "logged_out", Title: "x", Data: map[string]any{"Stayed": false}}); err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`/static/[a-z]+\.[0-9a-f]{8}\.(css|js|svg)`).FindAllString(w.Body.String(), -1)
	if len(names) != 3 {
		t.Fatalf("the page names %v", names)
	}
	for _, name := range names {
		w := httptest.NewRecorder()
		p.Asset(w, httptest.NewRequest("GET", name, nil))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	w = httptest.NewRecorder()
	p.Asset(w, httptest.NewRequest("GET", "/static/../pages.go", nil))
	if w.Code != 404 {
		t.Errorf("a file beside the assets: %d", w.Code)
	}
}

// A page must not be half written when its template fails.
func TestFailedRenderingWritesNothing(t *testing.T) {
	w := httptest.NewRecorder()
	if err := newPages(t).Render(w, httptest.NewRequest("GET", "/", nil), 200, web.Page{Name: "login", Title: "x", Data: 7}); err == nil || w.Body.Len() > 0 {
		t.Fatalf("error %v, %d bytes written", err, w.Body.Len())
	}
}

// The page after a sign-out may load exactly the frames that it was given, and
// says where it goes on to in three ways: script, refresh, link.
func TestSignedOutPage(t *testing.T) {
	frames := []string{"https://a.example/out?iss=x&sid=1", "https://a.example/two", "http://127.0.0.1:9000/out", "https://b.example; script-src *"}
	for next, want := range map[string][]string{
		"https://app.example.com/bye?a=1&state=\"><x": {
			`content="4;url=https://app.example.com/bye?a=1&amp;state=%22%3e%3cx"`, `data-next="https://app.example.com/bye?a=1&amp;state=&#34;&gt;&lt;x"`,
			`href="https://app.example.com/bye?a=1&amp;state=%22%3e%3cx"`, ">Continue<",
		},
		"com.example.app:/bye": {`content="4;url=com.example.app:/bye"`, `data-next="com.example.app:/bye"`, `href="com.example.app:/bye"`},
		"":                     {"Sign in again"},
	} {
		w := httptest.NewRecorder()
		if err := newPages(t).Render(w, httptest.NewRequest("GET", "/", nil), 200, web.SignedOut(frames, next, "App")); err != nil {
			t.Fatal(err)
		}
		body, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
		for _, s := range append(want, `<iframe src="https://a.example/out?iss=x&amp;sid=1"`, `<iframe src="http://127.0.0.1:9000/out"`) {
			if !strings.Contains(body, s) {
				t.Errorf("%q: the page lacks %s:\n%s", next, s, body)
			}
		}
		if next == "" && (strings.Contains(body, "refresh") || strings.Contains(body, "data-next")) {
			t.Errorf("the page goes on without a place to go to:\n%s", body)
		}
		if !strings.HasSuffix(policy, "form-action 'self'; frame-src https://a.example http://127.0.0.1:9000") {
			t.Errorf("policy %q", policy)
		}
	}
}
