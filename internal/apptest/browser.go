package apptest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Browser is one browser: it keeps cookies, says where a request comes from, and
// follows redirects only when asked to.
type Browser struct {
	Header http.Header // added to every request

	p   *Provider
	t   testing.TB
	jar http.CookieJar
}

// UserAgent is what browsers of this package call themselves.
const UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// accepted is what they take: pages.
const accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// Browser returns a new browser without any cookie.
func (p *Provider) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	b := &Browser{Header: http.Header{"User-Agent": {UserAgent}, "Accept": {accepted}}, p: p, t: p.t, jar: jar}
	if p.Language != "" {
		b.Header.Set("Accept-Language", p.Language)
	}
	return b
}

// NewRequest makes a request to an address, which may be a path at the provider.
func (b *Browser) NewRequest(method, ref string, form url.Values) *http.Request {
	b.t.Helper()
	body := strings.NewReader(form.Encode())
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.p.resolve(ref), body)
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

// Do sends one request with the browser's headers and cookies and keeps the
// cookies of the answer.
func (b *Browser) Do(req *http.Request) *Page {
	b.t.Helper()
	return b.send(req, b.jar)
}

func (b *Browser) send(req *http.Request, jar http.CookieJar) *Page {
	b.t.Helper()
	for name, values := range b.Header {
		if req.Header.Get(name) == "" {
			req.Header[name] = values
		}
	}
	client := &http.Client{Transport: b.p.wire, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	return newPage(b.t, resp)
}

// Get asks for one address and does not follow.
func (b *Browser) Get(ref string) *Page {
	b.t.Helper()
	return b.Do(b.NewRequest(http.MethodGet, ref, nil))
}

// Open asks for an address and follows redirects inside the provider.
func (b *Browser) Open(ref string) *Page {
	b.t.Helper()
	return b.follow(b.Get(ref))
}

func (b *Browser) follow(p *Page) *Page {
	b.t.Helper()
	for range 10 {
		target := p.Location()
		if target == "" || p.foreign(target) {
			return p
		}
		p = b.Get(p.URL.ResolveReference(mustParse(b.t, target)).String())
	}
	b.t.Fatalf("ten redirects and no end: %s", p)
	return nil
}

// Post sends a form from a page of the provider and does not follow.
func (b *Browser) Post(ref string, form url.Values) *Page {
	b.t.Helper()
	req := b.NewRequest(http.MethodPost, ref, form)
	req.Header.Set("Origin", b.p.URL)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.Do(req)
}

// PostFrom sends a form from a page of another site. As the cookies are
// SameSite=Lax, it carries none of them, but cookies of the answer are kept.
func (b *Browser) PostFrom(origin, ref string, form url.Values) *Page {
	b.t.Helper()
	req := b.NewRequest(http.MethodPost, ref, form)
	req.Header.Set("Origin", origin)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	return b.send(req, keepOnly{b.jar})
}

// keepOnly stores cookies and sends none.
type keepOnly struct{ http.CookieJar }

func (keepOnly) Cookies(*url.URL) []*http.Cookie { return nil }

// reading is how long a person looks at a link's page before the button is
// pressed; who is faster is taken for a program.
const reading = 2 * time.Second

// Submit presses a button of a form, named by its id, or the first one, and
// follows. Where the page's script would say that somebody touched it, it does.
func (b *Browser) Submit(f *Form, button ...string) *Page {
	b.t.Helper()
	if _, foreign := f.Values["nonce"]; foreign && b.p.Clock != nil {
		b.p.Clock.Advance(reading)
		f.Set("gesture", "seen")
	}
	id := strings.Join(button, "")
	pressed, ok := f.button(id)
	if !ok {
		b.t.Fatalf("the form to %s has no button %q", f.Action, id)
	}
	if pressed.Name != "" {
		f.Set(pressed.Name, pressed.Value)
	}
	return b.follow(b.Post(f.Action, f.Values))
}

// Follow follows the redirects of a page inside the provider.
func (b *Browser) Follow(p *Page) *Page {
	b.t.Helper()
	return b.follow(p)
}

// resolve makes an address of a path at the provider.
func (p *Provider) resolve(ref string) string {
	if strings.HasPrefix(ref, "/") {
		return p.URL + ref
	}
	return ref
}

func mustParse(t testing.TB, ref string) *url.URL {
	t.Helper()
	u, err := url.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
