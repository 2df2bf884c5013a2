package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// complete fails the test unless the answer carries what every answer carries:
// the client's state, and who answers (RFC 9207 §2), each once.
func complete(t *testing.T, p *apptest.Provider, r apptest.Request, a apptest.Answer) {
	t.Helper()
	if a.To != r.Params.Get("redirect_uri") || a.State() != r.Params.Get("state") || a.Params.Get("iss") != p.URL {
		t.Errorf("answer %v to %v", a, r.Params)
	}
	for name, values := range a.Params {
		if len(values) != 1 {
			t.Errorf("%s stands %d times in the answer", name, len(values))
		}
	}
	if _, has := a.Params["state"]; has != r.Params.Has("state") {
		t.Errorf("state in the request: %v, in the answer: %v", r.Params.Has("state"), has)
	}
}

// GET and POST, query and form_post lead to the same answer, after pages and
// without them (OpenID Connect Core §3.1.2.1).
func TestAuthorizeByGetAndPost(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, mode := range []string{"", "query", "form_post"} {
			b := p.Browser()
			r := apptest.NewRequest(apptest.Web).With("state", "a b&c=d/é%20\"<x>")
			if mode != "" {
				r = r.With("response_mode", mode)
			}
			check := func(how string, a apptest.Answer) {
				t.Helper()
				complete(t, p, r, a)
				if a.Posted != (mode == "form_post") {
					t.Errorf("%s, response_mode %q: posted is %v", how, mode, a.Posted)
				}
				granted(t, how, p.Redeem(r, a.Code()))
			}
			check("GET with pages", b.SignIn(r, ada))
			check("GET", b.Authorize(r).MustAnswer())
			check("POST", b.Follow(b.PostFrom("https://web.example.com", "/authorize", r.Params)).MustAnswer())
			fresh := p.Browser()
			page := fresh.Follow(fresh.PostFrom("https://web.example.com", "/authorize", r.Params))
			check("POST with pages", fresh.Finish(page, ada, func(w *apptest.Page, m apptest.Mail) *apptest.Page { return fresh.EnterCode(w, m.Code) }))
		}
	})
}

// A redirect URI with a query keeps it, and the answer is appended.
func TestRedirectURIWithQuery(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Web).With("redirect_uri", "https://web.example.com/tenant?id=1")
	b := p.Browser()
	b.SignIn(r, ada)
	page := b.Authorize(r)
	if !strings.HasPrefix(page.Location(), "https://web.example.com/tenant?id=1&code=") {
		t.Fatalf("the answer goes to %s", page.Location())
	}
	granted(t, "redeem", p.Redeem(r, page.MustAnswer().Code()))
}

// Redirects after a POST must not repeat it (RFC 9700 §4.12), and no answer with
// a code may stay in a cache.
func TestAnswersAre303AndNotStored(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	r := apptest.NewRequest(apptest.Web)
	for how, page := range map[string]*apptest.Page{"GET": b.Get(r.Path()), "POST": b.PostFrom("https://web.example.com", "/authorize", r.Params),
		"error": b.Get(r.With("response_type", "token").Path())} {
		if page.Status != http.StatusSeeOther || page.Header.Get("Cache-Control") != "no-store" || page.Header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %d %v", how, page.Status, page.Header)
		}
	}
}

// Parameters that nobody knows change nothing (RFC 6749 §3.1), and empty ones
// count as missing.
func TestUnknownAndEmptyParametersAreIgnored(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Web).With("extra", "foobar", "claims", `{"userinfo":{}}`, "display", "popup", "claims_locales", "se",
		"prompt", "", "max_age", "", "request", "", "request_uri", "", "id_token_hint", "", "login_hint", "", "ui_locales", "xx de", "acr_values", "1 2")
	a := p.Browser().SignIn(r, ada)
	complete(t, p, r, a)
	granted(t, "redeem", p.Redeem(r, a.Code()))
}

// state and nonce are the client's to leave out.
func TestWithoutStateAndNonce(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Web).Without("state", "nonce")
	a := p.Browser().SignIn(r, ada)
	complete(t, p, r, a)
	if _, has := apptest.Claims(t, p.Redeem(r, a.Code()).ID())["nonce"]; has {
		t.Error("the ID token has a nonce that nobody sent")
	}
	refusal := p.Browser().Get(r.With("prompt", "none").Path()).MustAnswer()
	complete(t, p, r, refusal)
}

func TestLoginHintFillsTheForm(t *testing.T) {
	p := one(t)
	b := p.Browser()
	before := p.Inbox.Last()
	page := b.Authorize(apptest.NewRequest(apptest.Web).With("login_hint", `"><b>ada@example.com`))
	if got := page.Form("/login").Values.Get("email"); got != `"><b>ada@example.com` {
		t.Errorf("the form shows %q", got)
	}
	if p.Inbox.Last() != before {
		t.Error("a hint alone sent a mail")
	}
	// It is a hint: another person may sign in.
	r := apptest.NewRequest(apptest.Web).With("login_hint", ada)
	complete(t, p, r, b.SignIn(r, bob))
}

// What a client is registered for is what it gets; the rest is dropped, and the
// answer says so (RFC 6749 §3.3).
func TestScopesAreThoseOfTheClient(t *testing.T) {
	p := one(t)
	for asked, want := range map[string]string{
		"openid email profile offline_access":      "openid email",
		"openid openid email unknown":              "openid email",
		" profile   openid  ":                      "openid",
		"email openid offline_access address:read": "email openid",
	} {
		r := apptest.NewRequest(apptest.Brief).With("scope", asked)
		tokens := p.Browser().Tokens(r, ada)
		if tokens.Text("scope") != want || tokens.Refresh() != "" {
			t.Errorf("%q gives %q, refresh token %v", asked, tokens.Text("scope"), tokens.Refresh() != "")
		}
	}
}
