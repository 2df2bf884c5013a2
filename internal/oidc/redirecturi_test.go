package oidc_test

import (
	"strings"
	"testing"

	"idp/internal/apptest"
)

// mutations are redirect URIs that are not the registered
// https://web.example.com/callback, though one parser or another may think so.
var mutations = []string{
	"https://web.example.com/callback/", "https://web.example.com/callback//", "https://web.example.com//callback", "https://web.example.com/Callback",
	"https://web.example.com/callback?", "https://web.example.com/callback?x=1", "https://web.example.com/callback&x=1", "https://web.example.com/callback;x=1",
	"https://web.example.com/callback#", "https://web.example.com/callback#x", "https://web.example.com/callback%23", "https://web.example.com/callback%00",
	"https://web.example.com/callback%20", "https://web.example.com/callback ", " https://web.example.com/callback", "https://web.example.com/callback%0d%0a",
	"https://web.example.com/callbac", "https://web.example.com/callbackk", "https://web.example.com/callback.html", "https://web.example.com/",
	"https://web.example.com", "https://web.example.com/x/../callback", "https://web.example.com/./callback", "https://web.example.com/callback/..",
	"https://web.example.com/callback/../callback", "https://web.example.com/%2e%2e/callback", "https://web.example.com/call%62ack", "https://web.example.com/call%2562ack",
	"https://web.example.com%2fcallback", "https://web.example.com\\callback", "https:\\\\web.example.com\\callback", "https:/web.example.com/callback",
	"https:web.example.com/callback", "//web.example.com/callback", "/callback", "callback", "web.example.com/callback",
	"http://web.example.com/callback", "HTTPS://web.example.com/callback", "https://WEB.example.com/callback", "https://web.EXAMPLE.com/callback",
	"https://web.example.com./callback", "https://web.example.com:443/callback", "https://web.example.com:/callback", "https://web.example.com:8443/callback",
	"https://evil@web.example.com/callback", "https://evil:x@web.example.com/callback", "https://@web.example.com/callback",
	"https://web.example.com@evil.example/callback", "https://web.example.com%40evil.example/callback", "https://web.example.com\\@evil.example/callback",
	"https://evil.example/callback", "https://evil.example/?https://web.example.com/callback", "https://evil.example/#https://web.example.com/callback",
	"https://web.example.com.evil.example/callback", "https://evilweb.example.com/callback", "https://sub.web.example.com/callback", "https://example.com/callback",
	"https://web.example.com#@evil.example/callback", "https://web.example.com?@evil.example/callback", "https://evil.example\\.web.example.com/callback",
	"https://web.example.com/callback\u200b", "https://wеb.example.com/callback", "https://web。example.com/callback", "https://web.example.com/callback\u2028",
	"javascript:alert(1)//https://web.example.com/callback", "data:text/html,https://web.example.com/callback", "https://*/callback", "*", "null",
	"https://web.example.com/tenant", "https://web.example.com/tenant?id=2", "https://web.example.com/tenant?id=1&x=1", "https://web.example.com/tenant?id=1%20",
	"https://web.example.com/signed-out", "https://other.example.com/callback", "urn:ietf:wg:oauth:2.0:oob",
}

// nativeMutations are not the registered http://127.0.0.1/callback with a port,
// http://[::1]/callback with a port, or com.example.native:/callback.
var nativeMutations = []string{
	"http://127.0.0.1:80801234/callback", "http://127.0.0.1:/callback", "http://127.0.0.1:-1/callback", "http://127.0.0.1:80a/callback", "http://127.0.0.1:+80/callback",
	"http://127.0.0.1:80:80/callback", "http://127.0.0.1:80/", "http://127.0.0.1:80/callback/", "http://127.0.0.1:80/callback?x=1", "http://127.0.0.1:80/callback#x",
	"http://127.0.0.1:80/Callback", "http://127.0.0.1:80/../callback", "http://127.0.0.1:80//callback", "https://127.0.0.1:80/callback", "HTTP://127.0.0.1:80/callback",
	"http://localhost/callback", "http://localhost:80/callback", "http://127.1/callback", "http://127.0.0.01/callback", "http://0x7f.0.0.1/callback", "http://2130706433/callback",
	"http://127.0.0.2:80/callback", "http://0.0.0.0:80/callback", "http://127.0.0.1.:80/callback", "http://127.0.0.1.evil.example:80/callback",
	"http://127.0.0.1@evil.example/callback", "http://127.0.0.1:80@evil.example/callback", "http://evil@127.0.0.1:80/callback", "http://127.0.0.1\\@evil.example/callback",
	"http://127.0.0.1:80\\@evil.example/callback", "http://127.0.0.1?@evil.example/callback", "http://127.0.0.1:80#@evil.example/callback",
	"http://[::1%25lo]/callback", "http://[0:0:0:0:0:0:0:1]:80/callback", "http://[::ffff:127.0.0.1]:80/callback", "http://[::1]:80/", "http://[::1:80/callback", "http://::1:80/callback",
	"com.example.native:/callback/", "com.example.native:/callback?x=1", "com.example.native://callback", "com.example.native:callback", "COM.EXAMPLE.NATIVE:/callback",
	"com.example.native:80/callback", "com.example.evil:/callback", "com.example.native2:/callback",
}

// A redirect URI that is not registered byte by byte gets no redirect, not even
// with an error: the provider would send people, and codes, wherever an attacker
// likes (RFC 9700 §4.1.3, §4.11.2).
func TestOnlyRegisteredRedirectURIs(t *testing.T) {
	p := one(t)
	if len(mutations) < 60 || len(nativeMutations) < 40 {
		t.Fatal("the corpus has shrunk")
	}
	for client, corpus := range map[apptest.Client][]string{apptest.Web: mutations, apptest.Native: nativeMutations} {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(client), ada)
		for _, uri := range corpus {
			r := apptest.NewRequest(client).With("redirect_uri", uri)
			errorPage(t, "GET "+uri, b.Get(r.Path()))
			errorPage(t, "prompt none "+uri, b.Get(r.With("prompt", "none").Path()))
			errorPage(t, "form_post "+uri, b.Get(r.With("response_mode", "form_post").Path()))
			errorPage(t, "POST "+uri, b.PostFrom("https://web.example.com", "/authorize", r.Params))
		}
	}
}

// A confidential client's loopback rules are those of every other URI, and what
// is registered for one client is not for another.
func TestLoopbackPortsAreForNativeClients(t *testing.T) {
	p := one(t)
	b := p.Browser()
	for _, uri := range []string{
		"http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback", "http://[::1]/callback", "http://[::1]:8080/callback",
		"com.example.native:/callback",
	} {
		r := apptest.NewRequest(apptest.Native).With("redirect_uri", uri)
		a := b.SignIn(r, ada)
		complete(t, p, r, a)
		granted(t, uri, p.Redeem(r, a.Code()))
		errorPage(t, "web with "+uri, b.Get(apptest.NewRequest(apptest.Web).With("redirect_uri", uri).Path()))
	}
}

// The error page helps whoever set it up, and runs nothing of what was sent.
func TestRedirectURIPageShowsWhatDiffers(t *testing.T) {
	p := one(t)
	page := p.Browser().Get(apptest.NewRequest(apptest.Web).With("redirect_uri", "https://web.example.com/callback/<script>alert(1)</script>").Path())
	for _, part := range []string{"https://web.example.com/callback/<script>", "nearest registered https://web.example.com/callback"} {
		if !strings.Contains(page.Text(), part) {
			t.Errorf("the page does not say %q: %s", part, page.Text())
		}
	}
	if strings.Contains(page.Body, "<script>alert") {
		t.Error("the page repeats markup as it came")
	}
}
