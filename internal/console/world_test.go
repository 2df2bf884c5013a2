package console_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// root belongs to the administrators.
const root = "root@example.com"

// world is a provider and its console, on a port of its own.
type world struct {
	*apptest.Provider
	url  string
	wire http.RoundTripper // to the console; nil for the usual one
	t    *testing.T
}

func newWorld(t *testing.T) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Settings("\nadmin: {listen: '"+at+"', url: 'http://"+at+"', group: admins}\n"),
		apptest.Configure(func(c *config.Config) { c.Groups["admins"] = config.Members{Emails: []string{root}} }))
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: p.App.Admin.Handler(), ReadHeaderTimeout: 0}} //nolint:gosec // of a test
	s.Start()
	t.Cleanup(s.Close)
	return &world{Provider: p, url: s.URL, t: t}
}

// admin is somebody's browser at the console, and at the provider.
type admin struct {
	*world
	at   *apptest.Browser
	http *http.Client
}

func (w *world) admin() *admin {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &admin{w, w.Browser(), &http.Client{Transport: w.wire, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is what the console answered.
type page struct {
	status   int
	location string
	header   http.Header
	body     string
}

func (a *admin) do(method, path string, form url.Values, headers ...string) page {
	a.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = a.url + path
	}
	r, err := http.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", a.url)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := a.http.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header.Get("Location"), resp.Header, string(body)}
}

func (a *admin) get(path string) page { a.t.Helper(); return a.do(http.MethodGet, path, nil) }
func (a *admin) post(path string) page {
	a.t.Helper()
	return a.do(http.MethodPost, path, url.Values{})
}

// way goes from the console to the provider and proves an address there; it returns
// the address that leads back.
func (a *admin) way(from, email string) string {
	a.t.Helper()
	out := a.get(from)
	if out.status != http.StatusSeeOther || !strings.HasPrefix(out.location, a.URL+"/authorize?") {
		a.t.Fatalf("no way to the provider: %+v", out)
	}
	answer := a.at.Finish(a.at.Open(out.location), email, func(wait *apptest.Page, m apptest.Mail) *apptest.Page { return a.at.EnterCode(wait, m.Code) })
	return answer.To + "?" + answer.Params.Encode()
}

// signIn signs somebody in and returns what the console said.
func (a *admin) signIn(email string) page {
	a.t.Helper()
	return a.get(a.way("/sign-in", email))
}

// user signs somebody in at an application and returns their id.
func (w *world) user(email string) string {
	w.t.Helper()
	w.Browser().Tokens(apptest.Offline(apptest.Web), email)
	a, err := w.App.Store.Account(w.t.Context(), email)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}
