package demo_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"idp/internal/demo"
)

// newApp serves a demo application for the provider and returns its address.
func newApp(t *testing.T, p *provider, change ...func(*demo.Config)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	t.Cleanup(server.Close)
	cfg := demo.Config{
		Issuer:       p.url,
		ClientID:     clientID,
		ClientSecret: clientSecret,
		BaseURL:      "http://" + server.Listener.Addr().String(),
		InboxURL:     "http://inbox.test/",
	}
	for _, apply := range change {
		apply(&cfg)
	}
	server.Config.Handler = demo.New(cfg)
	server.Start()
	return cfg.BaseURL
}

// browser keeps cookies by host, for all ports alike, as browsers do.
type browser struct {
	t      *testing.T
	client *http.Client
	cookie string // sent with every request, as by somebody who copied it
}

// page is what a browser shows after following redirects, or one answer
// without following them.
type page struct {
	status int
	url    *url.URL
	header http.Header
	text   string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, client: &http.Client{Jar: jar}}
}

// with makes the browser send a cookie it was never given.
func (b *browser) with(cookie string) *browser {
	b.cookie = cookie
	return b
}

// open follows a link to its end.
func (b *browser) open(link string) page {
	b.t.Helper()
	return b.do(b.client, http.MethodGet, link, nil)
}

// step requests one address and follows nothing.
func (b *browser) step(link string) page {
	b.t.Helper()
	return b.do(b.still(), http.MethodGet, link, nil)
}

// press submits a form without fields, as a button of the page at link's origin does.
func (b *browser) press(link string) page {
	b.t.Helper()
	return b.do(b.client, http.MethodPost, link, http.Header{"Sec-Fetch-Site": {"same-origin"}})
}

func (b *browser) still() *http.Client {
	still := *b.client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

func (b *browser) do(client *http.Client, method, link string, header http.Header) page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, link, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if b.cookie != "" {
		request.Header.Set("Cookie", b.cookie)
	}
	response, err := client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{response.StatusCode, response.Request.URL, response.Header, html.UnescapeString(string(body))}
}

// cookies returns what the browser would send to link, by name.
func (b *browser) cookies(link string) map[string]string {
	b.t.Helper()
	target, err := url.Parse(link)
	if err != nil {
		b.t.Fatal(err)
	}
	found := map[string]string{}
	for _, c := range b.client.Jar.Cookies(target) {
		found[c.Name] = c.Value
	}
	return found
}

// wantPage fails the test unless the page has this status and all these texts.
func wantPage(t *testing.T, got page, status int, texts ...string) {
	t.Helper()
	if got.status != status {
		t.Errorf("%s: status = %d, want %d", got.url, got.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(got.text, text) {
			t.Errorf("%s: page lacks %q:\n%s", got.url, text, got.text)
		}
	}
}

// wantSignedOut fails the test if this browser has a session.
func wantSignedOut(t *testing.T, b *browser, app string) {
	t.Helper()
	wantPage(t, b.open(app+"/"), http.StatusOK, "Sign in with your e-mail")
}
