package oidc_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// The seeds are in testdata/fuzz; a plain test run tries them. To look further:
//
//	go test ./internal/oidc -run '^$' -fuzz FuzzAuthorize

// lines are what two of the targets write NAME for in their seeds: values that
// only this run knows.
type lines map[string]string

func (l lines) fill(text string) string {
	for name, value := range l {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

// fuzzed starts a provider and signs somebody in.
func fuzzed(f *testing.F) (p *apptest.Provider, session, hint string) {
	f.Helper()
	p = apptest.New(f, testdb.URL(f, "sqlite"))
	b := p.Browser()
	hint = b.Tokens(apptest.NewRequest(apptest.Web), ada).ID()
	return p, b.Cookie(apptest.SessionCookie), hint
}

// registered reports whether an answer may go there: it is where the clients of apptest live.
func registered(uri string) bool {
	for _, c := range []apptest.Client{apptest.Web, apptest.Spa, apptest.Native, apptest.Loose, apptest.Once} {
		if uri == c.Redirect {
			return true
		}
	}
	return uri == "https://web.example.com/tenant" || uri == "com.example.native:/callback" || strings.HasPrefix(uri, "http://127.0.0.1:") || strings.HasPrefix(uri, "http://[::1]:")
}

// Whatever the query, /authorize answers with a page of its own or goes to an
// address that is registered, with iss, and has no fault.
func FuzzAuthorize(f *testing.F) {
	p, session, _ := fuzzed(f)
	f.Fuzz(func(t *testing.T, query string) {
		if u, err := url.Parse("/authorize?" + query); err != nil || u.Fragment != "" || strings.ContainsAny(query, " \x7f") {
			return // no client could send this
		}
		b := p.For(t).Browser()
		b.SetCookie(apptest.SessionCookie, session)
		page := b.Get("/authorize?" + query)
		if page.Status >= http.StatusInternalServerError {
			t.Errorf("%q: %s", query, page)
		}
		if a, ok := page.Answer(); ok {
			if !registered(a.To) || a.Params.Get("iss") != p.URL || a.Code() == "" == (a.Fault() == "") {
				t.Errorf("%q: %s", query, a)
			}
		}
	})
}

// Whatever the form, the token endpoint gives no token to somebody who has
// neither a code nor a refresh token, and refuses as RFC 6749 §5.2 says.
func FuzzTokenForm(f *testing.F) {
	p, _, _ := fuzzed(f)
	known := lines{"WEB_SECRET": url.QueryEscape(apptest.Web.Secret)}
	f.Fuzz(func(t *testing.T, body string, basic bool) {
		p := p.For(t)
		req := p.NewRequest("/oauth/token", nil)
		text := known.fill(body)
		req.Method, req.Body, req.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(text)), int64(len(text))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if basic {
			apptest.SetBasic(req, apptest.Web.ID, apptest.Web.Secret)
		}
		reply := p.Do(req)
		if reply.Status != http.StatusBadRequest && reply.Status != http.StatusUnauthorized && reply.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%q: %s", body, reply)
		}
		for _, name := range []string{"access_token", "refresh_token", "id_token"} {
			if _, given := reply.JSON[name]; given {
				t.Errorf("%q: %s", body, reply)
			}
		}
		if reply.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: Cache-Control is %q", body, reply.Header.Get("Cache-Control"))
		}
	})
}

// A hint counts only if its payload is, byte by byte, one that was signed here.
func FuzzIDTokenHint(f *testing.F) {
	p, session, hint := fuzzed(f)
	part := strings.Split(hint, ".")
	known := lines{"HEADER": part[0], "PAYLOAD": part[1], "SIGNATURE": part[2]}
	signed, _ := base64.RawURLEncoding.DecodeString(part[1])
	f.Fuzz(func(t *testing.T, text string) {
		text = known.fill(text)
		parts := strings.Split(text, ".")
		genuine := false
		if len(parts) == 3 {
			payload, err := base64.RawURLEncoding.DecodeString(parts[1])
			genuine = err == nil && string(payload) == string(signed)
		}
		b := p.For(t).Browser()
		b.SetCookie(apptest.SessionCookie, session)
		page := b.Get(apptest.NewRequest(apptest.Web).With("prompt", "none", "id_token_hint", text).Path())
		if a, ok := page.Answer(); text != "" && ok && a.Code() != "" && !genuine {
			t.Errorf("authorize takes the hint %q", text)
		}
		out := b.Get(endSession("id_token_hint", text, "post_logout_redirect_uri", signedOutURI))
		if page.Status >= http.StatusInternalServerError || out.Status >= http.StatusInternalServerError || out.Status < http.StatusBadRequest && !genuine {
			t.Errorf("%q: %s, %s", text, page, out)
		}
	})
}
