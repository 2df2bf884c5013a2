package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/server"
	"idp/web"
)

// newHandler serves one route of each kind; what they answer is in the test.
func newHandler(t *testing.T, h server.Handler) (http.Handler, *strings.Builder) {
	t.Helper()
	return newHandlerAt(t, time.Now, h)
}

// newHandlerAt is newHandler by another clock.
func newHandlerAt(t *testing.T, now func() time.Time, h server.Handler) (http.Handler, *strings.Builder) {
	t.Helper()
	pages, err := web.Load(web.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	s := server.New(server.Config{
		Issuer: &url.URL{Scheme: "https", Host: "login.example.com"}, Pages: pages, Log: slog.New(slog.NewTextHandler(log, nil)), Now: now,
		Health: func(context.Context) []server.Part {
			return []server.Part{{"schema", server.Well, ""}, {"database", server.Down, "dial\n10.0.0.7"}}
		},
		Routes: []server.Route{
			{Path: "/page/{id}", Methods: server.Both, Kind: server.Page, Handler: h},
			{Path: "/open", Methods: server.Both, Kind: server.OpenPage, Handler: h},
			{Path: "/api", Methods: server.Post, Kind: server.API, Handler: h},
		},
	})
	return s.Handler(), log
}

func do(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://login.example.com"+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func ok(w http.ResponseWriter, _ *http.Request) error { _, err := w.Write([]byte("ok")); return err }

func TestDoor(t *testing.T) {
	h, _ := newHandler(t, ok)
	for _, c := range []struct {
		name, method, target, body string
		header                     []string
		want                       int
	}{
		{"plain", "GET", "/page/1", "", nil, 200},
		{"head", "HEAD", "/page/1", "", nil, 200},
		{"another host", "GET", "/page/1", "", []string{"Host", "evil.test"}, 421},
		{"forwarded host is nobody's business", "GET", "/page/1", "", []string{"X-Forwarded-Host", "evil.test"}, 200},
		{"unknown path", "GET", "/nothing", "", nil, 404},
		{"double slash is not tidied up", "POST", "//api", "a=b", nil, 404},
		{"wrong method", "DELETE", "/page/1", "", nil, 405},
		{"trace", "TRACE", "/page/1", "", nil, 405},
		{"get on a post route", "GET", "/api", "", nil, 405},
		{"repeated in the query", "GET", "/page/1?a=1&a=2", "", nil, 400},
		{"repeated in the form", "POST", "/api", "a=1&a=2", nil, 400},
		{"in query and form", "POST", "/open?a=1", "a=1", nil, 400},
		{"control character", "GET", "/page/1?a=%00", "", nil, 400},
		{"line break", "POST", "/api", "a=x%0d%0ay", nil, 400},
		{"not UTF-8", "GET", "/page/1?a=%ff", "", nil, 400},
		{"broken escape", "GET", "/page/1?a=%zz", "", nil, 400},
		{"semicolon", "GET", "/page/1?a=1;b=2", "", nil, 400},
		{"too large", "POST", "/api", "a=" + strings.Repeat("x", 70_000), nil, 413},
		{"too many keys", "POST", "/api", many(60), nil, 400},
		{"many keys", "POST", "/api", many(40), nil, 200},
		{"form from our page", "POST", "/page/1", "a=1", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"form from another site", "POST", "/page/1", "a=1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"form from a neighbour", "POST", "/page/1", "a=1", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"foreign origin", "POST", "/page/1", "a=1", []string{"Origin", "https://evil.test"}, 403},
		{"null origin", "POST", "/page/1", "a=1", []string{"Origin", "null"}, 403},
		{"open to other sites", "POST", "/open", "a=1", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.test"}, 200},
	} {
		w := do(h, c.method, c.target, c.body, c.header...)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
		if c.want == 421 {
			continue
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", c.name, name, got)
			}
		}
		for name, want := range map[string]string{"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
			if c.target == "/api" && c.method == "POST" {
				want = "" // programs have neither frames nor openers
			}
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, want)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", c.name, csp)
		}
	}
}

// A proxy that asks for another host shows in the log, with the name that it put.
func TestMisdirectedIsLogged(t *testing.T) {
	h, log := newHandler(t, ok)
	do(h, "GET", "/page/1", "", "Host", "idp:8080")
	if said := log.String(); !strings.Contains(said, "outcome=refused.host") || !strings.Contains(said, `idp:8080`) {
		t.Errorf("%s", said)
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k" + strings.Repeat("x", i) + "=1&")
	}
	return strings.TrimSuffix(b.String(), "&")
}

// What goes wrong inside is for the log; people get what to do and a number.
func TestErrorsAreRenderedOnce(t *testing.T) {
	internal := errors.New("pq: relation secret_table is missing")
	for _, c := range []struct {
		name, target string
		err          error
		want         int
		body         string
	}{
		{"unknown", "/page/1", internal, 500, "Something went wrong here"},
		{"unknown, for a program", "/api", internal, 500, `"error":"server_error"`},
		{"limited", "/page/1", &idp.LimitedError{RetryAt: time.Now().Add(time.Minute)}, 429, "You can try again"},
		{"database away", "/page/1", idp.ErrUnavailable, 503, "Nothing is lost"},
		{"database away, for a program", "/api", idp.ErrUnavailable, 503, `"error":"temporarily_unavailable"`},
		{"a problem", "/page/1", &web.Problem{Status: 410, Title: "Gone", Text: "Ask again.", Action: web.Action{Label: "Again", URL: "/x"}, Cause: internal}, 410, "Ask again."},
	} {
		h, log := newHandler(t, func(http.ResponseWriter, *http.Request) error { return c.err })
		w := do(h, "POST", c.target, "a=1", "Sec-Fetch-Site", "same-origin")
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret_table") {
			t.Errorf("%s: the answer shows the cause", c.name)
		}
		if errors.Is(c.err, internal) && !strings.Contains(log.String(), "secret_table") {
			t.Errorf("%s: the log lacks the cause: %s", c.name, log)
		}
		if (c.want == 429 || c.want == 503) && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", c.name)
		}
	}
}

// When to try again is counted by one clock.
func TestRetryAfterIsCountedByOneClock(t *testing.T) {
	yesterday := func() time.Time { return time.Now().Add(-24 * time.Hour) }
	h, _ := newHandlerAt(t, yesterday, func(http.ResponseWriter, *http.Request) error { return idp.ErrUnavailable })
	if after := do(h, "GET", "/page/1", "").Header().Get("Retry-After"); after != "5" && after != "4" {
		t.Errorf("Retry-After: %s", after)
	}
}

func TestPanicIsAnError(t *testing.T) {
	h, log := newHandler(t, func(http.ResponseWriter, *http.Request) error { panic("boom") })
	w := do(h, "GET", "/page/1", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "boom") || !strings.Contains(log.String(), "boom") {
		t.Fatalf("%d %s\n%s", w.Code, w.Body, log)
	}
}

// Paths of ours carry link tokens and queries carry flows: neither is logged.
func TestLogNamesTheRouteAndNotThePath(t *testing.T) {
	h, log := newHandler(t, ok)
	do(h, "GET", "/page/very-secret-token?flow=another-secret", "")
	if s := log.String(); strings.Contains(s, "secret") || !strings.Contains(s, "route=/page/{id}") {
		t.Fatal(s)
	}
}

func TestProbesAnswerUnderAnyName(t *testing.T) {
	h, log := newHandler(t, ok)
	if w := do(h, "GET", "/healthz", "", "Host", "10.1.2.3"); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	if w := do(h, "GET", "/readyz", "", "Host", "10.1.2.3"); w.Code != 503 || w.Body.String() != "not ready\n" {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if h := do(h, "GET", path, "").Header(); h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") == "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s lacks what every answer carries: %v", path, h)
		}
	}
	if log.Len() > 0 {
		t.Errorf("probes fill the log: %s", log)
	}
}
