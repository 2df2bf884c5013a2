package server_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/web"
)

// No problem is a dead end: each has one link on, and it stays on this site.
func TestEveryProblemLeadsOn(t *testing.T) {
	const from = "https://login.example.com/page/1?x=y"
	limited := &idp.LimitedError{RetryAt: time.Now().Add(time.Minute)}
	for _, c := range []struct {
		name, method, target, referer string
		err                           error
		label, want                   string
	}{
		{"not found", "GET", "/nothing", "", nil, "Go to your account", "/account"},
		{"not found, of another site", "GET", "//evil.test/", "", nil, "Go to your account", "/account"},
		{"from another site", "POST", "/page/1", "https://evil.test/", nil, "Go to your account", "/account"},
		{"unreadable", "GET", "/page/1?a=1&a=2", "", nil, "Go to your account", "/account"},
		{"one of its own", "GET", "/page/1", "", &web.Problem{Status: 400, Title: "x", Action: web.Action{Label: "There", URL: "/there"}}, "There", "/there"},
		{"fault of ours", "GET", "/page/1?x=y", "", errors.New("x"), "Try again", "/page/1?x=y"},
		{"database away", "GET", "/page/1", "", idp.ErrUnavailable, "Try again", "/page/1"},
		{"too many", "GET", "/page/1", "", limited, "Try again", "/page/1"},
		{"fault of ours after a form", "POST", "/page/2", from, errors.New("x"), "Go back", "/page/1?x=y"},
		{"too many after a form", "POST", "/page/2", from, limited, "Go back", "/page/1?x=y"},
		{"after a form from nowhere", "POST", "/page/2", "", errors.New("x"), "Go to your account", "/account"},
		{"after a form from elsewhere", "POST", "/page/2", "https://login.example.com.evil.test/x", errors.New("x"), "Go to your account", "/account"},
		{"after a form from a double slash", "POST", "/page/2", "https://login.example.com//evil.test/", errors.New("x"), "Go to your account", "/account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := newHandler(t, func(http.ResponseWriter, *http.Request) error { return c.err })
			header := []string{"Referer", c.referer, "Accept", "text/html,*/*;q=0.8"}
			if c.name == "from another site" {
				header = append(header, "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site")
			}
			body := ""
			if c.method == "POST" {
				body = "a=b"
			}
			page := do(h, c.method, c.target, body, header...).Body.String()
			if want := `id="way-on" href="` + c.want + `">` + c.label + `</a>`; strings.Count(page, "way-on") != 1 || !strings.Contains(page, want) {
				t.Errorf("no %s on %s", want, page)
			}
		})
	}
}
