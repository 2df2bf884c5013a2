package web_test

import (
	"io/fs"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/words"
	"idp/web"
)

// A page speaks the reader's language in the words that its application has.
func TestPagesSpeak(t *testing.T) {
	catalogue, err := words.Load(words.Options{Default: "nl", Overrides: []words.Override{
		{Client: "notes", Locale: "de", File: "notes/de.words", Text: "signed_out.title = Bis bald"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := web.Load(web.Options{Site: "login.example.com", Now: time.Now, Words: catalogue})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ client, languages, accept, locale, dir, heading string }{
		{"", "", "", "nl", "ltr", "U bent uitgelogd"},
		{"", "", "ar-EG", "ar", "rtl", "تم تسجيل خروجك"},
		{"", "fr", "ar", "fr", "ltr", "Vous êtes déconnecté"},
		{"notes", "de", "ar", "de", "ltr", "Bis bald"},
		{"notes", "", "en-US,de;q=0.9", "en", "ltr", "You are signed out"},
		{"other", "de", "", "de", "ltr", "Sie sind abgemeldet"},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", c.accept)
		page := web.Page{Name: "logged_out", Client: c.client, Languages: c.languages, Data: map[string]any{"Stayed": false}}
		if err := p.Render(w, r, 200, page); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`<html lang="` + c.locale + `" dir="` + c.dir + `">`, "<h1>" + c.heading + "</h1>"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%+v: no %s in\n%s", c, want, w.Body)
			}
		}
		if h := w.Header(); h.Get("Content-Language") != c.locale || h.Get("Vary") != "Accept-Language" {
			t.Errorf("%+v: %v", c, h)
		}
	}
}

// Words stand in the catalogue. What a template or the script says by itself, it
// says in English to everybody.
func TestTemplatesHoldNoWords(t *testing.T) {
	said := regexp.MustCompile(`>[^<>{}]*[A-Za-z]{2}[^<>{}]*<|(?:alt|title|placeholder|aria-label)="[A-Za-z]`)
	allowed := []string{`placeholder="n`, `placeholder="B`} // name@example.com, BCDF-GHJK
	err := fs.WalkDir(os.DirFS("templates"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		src, err := os.ReadFile("templates/" + path)
		if err != nil {
			return err
		}
		text := regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAllString(string(src), "")
		for _, m := range said.FindAllString(text, -1) {
			if !strings.Contains(strings.Join(allowed, " "), m) {
				t.Errorf("%s says %q", path, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
