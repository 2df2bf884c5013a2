package conformance_test

import (
	"io"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// agent is a browser of its own: cookies, redirects, forms. It follows redirects
// inside the provider; what leaves for a client is caught as a visit.
type agent struct {
	t      *testing.T
	issuer *url.URL
	http   *http.Client
	page   page   // that is shown
	left   *visit // that was made to another site, nil if none yet
	frames []*visit
}

// page is what the agent shows.
type page struct {
	status int
	header http.Header
	at     *url.URL
	body   string
}

// visit is a request to a client's address, as its server would get it.
type visit struct {
	method, contentType string
	to                  string // without a query
	query, form         url.Values
}

func newAgent(t *testing.T, issuer string, wire http.RoundTripper) *agent {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &agent{t: t, issuer: at, http: &http.Client{Transport: wire, Jar: jar, CheckRedirect: stay}}
}

// copy is a second browser with the same cookies.
func (a *agent) copy() *agent {
	a.t.Helper()
	b := newAgent(a.t, a.issuer.String(), a.http.Transport)
	cookies := a.http.Jar.Cookies(a.issuer)
	for _, c := range cookies {
		c.Path, c.Secure = "/", true
	}
	b.http.Jar.SetCookies(a.issuer, cookies)
	return b
}

// open goes to an address by GET.
func (a *agent) open(address string) { a.navigate(http.MethodGet, a.resolve(address), nil, "none") }

// post sends a form to an address from a page of another site, which brings no
// SameSite=Lax cookie along.
func (a *agent) post(address string, fields url.Values) {
	jar := a.http.Jar
	a.http.Jar = nil
	a.request(http.MethodPost, a.resolve(address), fields, "cross-site")
	a.http.Jar = jar
	for _, c := range (&http.Response{Header: a.page.header}).Cookies() {
		jar.SetCookies(a.issuer, []*http.Cookie{c})
	}
	a.follow()
}

// press sends a form of the page, by its button with this id or by the first one.
func (a *agent) press(f *form, button string) {
	a.t.Helper()
	fields := url.Values{}
	for _, field := range f.fields {
		fields.Add(field[0], field[1])
	}
	for i, b := range f.buttons {
		if b.attrs["id"] == button || button == "" && i == 0 {
			if b.attrs["name"] != "" {
				fields.Set(b.attrs["name"], b.attrs["value"])
			}
			a.navigate(strings.ToUpper(f.attrs["method"]), a.resolve(f.attrs["action"]), fields, "same-origin")
			return
		}
	}
	a.t.Fatalf("the form to %s has no button %q", f.attrs["action"], button)
}

func (a *agent) navigate(method string, target *url.URL, fields url.Values, from string) {
	a.t.Helper()
	a.request(method, target, fields, from)
	a.follow()
}

func (a *agent) follow() {
	a.t.Helper()
	for range 10 {
		if a.left != nil {
			return
		}
		next := a.page.header.Get("Location")
		if next == "" {
			next = a.loaded()
		}
		if next == "" {
			return
		}
		a.request(http.MethodGet, a.resolve(next), nil, "same-origin")
	}
	a.t.Fatalf("ten redirects and no end, at %s", a.page.at.Path)
}

// loaded loads the frames of the page and returns where it goes on by itself.
func (a *agent) loaded() (next string) {
	a.t.Helper()
	for _, t := range tags(a.page.body) {
		switch {
		case t.name == "iframe":
			before := a.left
			a.request(http.MethodGet, a.resolve(t.attrs["src"]), nil, "cross-site")
			a.frames, a.left = append(a.frames, a.left), before
		case t.name == "meta" && strings.EqualFold(t.attrs["http-equiv"], "refresh"):
			_, next, _ = strings.Cut(t.attrs["content"], "url=")
		case t.attrs["data-page"] == "signed-out": // the page's script goes on there
			next = t.attrs["data-next"]
		}
	}
	return next
}

// request makes one request, or notes the visit if it leaves the provider.
func (a *agent) request(method string, target *url.URL, fields url.Values, from string) {
	a.t.Helper()
	if target.Scheme != a.issuer.Scheme || target.Host != a.issuer.Host {
		v := &visit{method: method, query: target.Query(), form: fields}
		if method == http.MethodPost {
			v.contentType = "application/x-www-form-urlencoded"
		}
		target.RawQuery = ""
		v.to, a.left = target.String(), v
		return
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, target.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", map[string]string{"same-origin": a.issuer.String(), "cross-site": "https://suite.example.com"}[from])
	}
	req.Header.Set("Sec-Fetch-Site", from)
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	a.page = page{status: resp.StatusCode, header: resp.Header, at: target, body: string(body)}
	if resp.StatusCode >= http.StatusInternalServerError {
		a.t.Fatalf("%s %s: %d", method, target.Path, resp.StatusCode)
	}
}

// resolve reads an address as a link of the page that is shown.
func (a *agent) resolve(ref string) *url.URL {
	a.t.Helper()
	base := a.issuer
	if a.page.at != nil {
		base = a.page.at
	}
	u, err := base.Parse(ref)
	if err != nil {
		a.t.Fatalf("the address %q: %v", ref, err)
	}
	return u
}

// html reports whether the page is one that people can read.
func (p page) html() bool {
	kind, _, err := mime.ParseMediaType(p.header.Get("Content-Type"))
	return err == nil && kind == "text/html"
}
