package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"idp/internal/apptest"
)

// What an error repeats of a request stays within RFC 6749 §5.2, however long and in
// whatever language it is; and a page repeats whole letters.
func TestLongTextsInErrors(t *testing.T) {
	p := one(t)
	b := p.Browser()
	long := apptest.API + "/" + strings.Repeat("é", 200)
	a := b.Authorize(fronted(long)).MustAnswer()
	tokens := b.Tokens(fronted(apptest.API), ada)
	for what, text := range map[string]string{
		"authorize": a.Params.Get("error_description"),
		"exchange":  exchange(p, tokens.Access(), "resource", long).Text("error_description"),
		"refresh": p.Post("/oauth/token", apptest.Front, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.Refresh()}, "resource": {long}}).
			Text("error_description"),
	} {
		if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }); text == "" || i >= 0 || !strings.Contains(text, "???...") {
			t.Errorf("%s: %q", what, text)
		}
	}
	page := b.Get(apptest.NewRequest(apptest.Web).With("redirect_uri", "https://web.example.com/x"+strings.Repeat("é", 200)).Path())
	if page.Status != http.StatusBadRequest || !utf8.ValidString(page.Body) || strings.ContainsRune(page.Body, utf8.RuneError) {
		t.Errorf("half a letter on the page: %d", page.Status)
	}
}
