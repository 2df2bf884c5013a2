package oidc_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// wrongURI is a redirect URI that resembles a registered one.
type wrongURI struct{ registered, uri string }

// readRedirectCorpus reads testdata/redirect_uris.txt.
func readRedirectCorpus(t testing.TB) []wrongURI {
	t.Helper()
	text, err := os.ReadFile("testdata/redirect_uris.txt")
	if err != nil {
		t.Fatal(err)
	}
	var corpus []wrongURI
	registered := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "", line[0] == '#':
		case line[0] == '[':
			registered = line[1 : len(line)-1]
		default:
			uri, err := strconv.Unquote(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			corpus = append(corpus, wrongURI{registered, uri})
		}
	}
	if len(corpus) < 1000 {
		t.Fatalf("the corpus has shrunk to %d", len(corpus))
	}
	return corpus
}

// ownerOf is the client that a URI is registered for.
func ownerOf(registered string) apptest.Client {
	if strings.HasPrefix(registered, "https:") {
		return apptest.Web
	}
	return apptest.Native
}

// Whatever is not registered byte by byte gets a page: no redirect, no fault of
// the server, whoever asks and however. The same holds for the token endpoint,
// where the URI is that of the request, for pushed requests, and for the end of a
// session.
func TestRedirectCorpus(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	browsers, codes := map[string]*apptest.Browser{}, map[string]string{}
	requests := map[string]apptest.Request{}
	for _, c := range []apptest.Client{apptest.Web, apptest.Native} {
		browsers[c.ID], requests[c.ID] = p.Browser(), apptest.NewRequest(c)
		codes[c.ID] = browsers[c.ID].SignIn(requests[c.ID], ada).Code()
	}
	hint := browsers["web"].Tokens(apptest.NewRequest(apptest.Web), ada).ID()
	p = p.For(t)
	for _, wrong := range readRedirectCorpus(t) {
		c, what := ownerOf(wrong.registered), strconv.QuoteToASCII(wrong.uri)
		b, r := browsers[c.ID], requests[c.ID].With("redirect_uri", wrong.uri)
		errorPage(t, what, b.Get(r.Path()))
		errorPage(t, what+" with prompt=none", b.Get(r.With("prompt", "none", "response_mode", "form_post").Path()))
		errorPage(t, what+" by POST", b.PostFrom("https://web.example.com", "/authorize", r.Params))
		if reply := p.Redeem(r, codes[c.ID]); reply.Status != http.StatusBadRequest || reply.Access() != "" {
			t.Errorf("%s at the token endpoint: %s", what, reply)
		}
		if reply := p.Post("/oauth/par", c, r.Params); reply.Status != http.StatusBadRequest || reply.Text("request_uri") != "" {
			t.Errorf("%s pushed: %s", what, reply)
		}
		if wrong.registered == signedOutURI {
			errorPage(t, what+" at the end of a session", b.Get(endSession("id_token_hint", hint, "post_logout_redirect_uri", wrong.uri)))
		}
	}
	for id, code := range codes {
		granted(t, "the code is still good for "+id, p.Redeem(requests[id], code))
	}
}

// The corpus lists no address twice, and enough for each that is registered.
func TestRedirectCorpusIsWide(t *testing.T) {
	t.Parallel()
	count, seen := map[string]int{}, map[wrongURI]bool{}
	for _, wrong := range readRedirectCorpus(t) {
		if seen[wrong] || wrong.uri == wrong.registered {
			t.Errorf("%q is no case of its own", wrong.uri)
		}
		seen[wrong] = true
		count[wrong.registered]++
	}
	for registered, n := range count {
		if n < 30 || strings.HasPrefix(registered, "http") && n < 60 {
			t.Errorf("%d addresses like %s", n, registered)
		}
	}
	if count[signedOutURI] == 0 {
		t.Error("no addresses for the end of a session")
	}
}
