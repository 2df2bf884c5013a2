package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
)

// each runs test against a running provider on each database.
func each(t *testing.T, test func(t *testing.T, p *apptest.Provider), opts ...apptest.Option) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) { test(t, apptest.New(t, url, opts...)) })
}

// one starts a provider for a test of what no database has a say in.
func one(t *testing.T, opts ...apptest.Option) *apptest.Provider {
	t.Helper()
	t.Parallel()
	return apptest.New(t, testdb.URL(t, "sqlite"), opts...)
}

// ask starts a sign-in at the application Web.
func ask(b *apptest.Browser, email string) (*apptest.Page, apptest.Mail) {
	return b.Ask(b.Authorize(apptest.NewRequest(apptest.Web)), email)
}

// shows fails the test unless the page has this status and says these words.
func shows(t *testing.T, what string, page *apptest.Page, status int, words ...string) {
	t.Helper()
	if page.Status != status {
		t.Errorf("%s: %s, want %d", what, page, status)
	}
	for _, w := range words {
		if !strings.Contains(page.Text(), w) {
			t.Errorf("%s: the page does not say %q: %s", what, w, page.Text())
		}
	}
}

// finished fails the test unless the page brings the application a code.
func finished(t *testing.T, what string, page *apptest.Page) {
	t.Helper()
	if a, ok := page.Answer(); !ok || a.Code() == "" {
		t.Errorf("%s: %s, want a code for the application", what, page)
	}
}

func isSignedIn(b *apptest.Browser) bool { return b.Get("/account").Status == http.StatusOK }

// wrong is a code that is not this one.
func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func path(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}
