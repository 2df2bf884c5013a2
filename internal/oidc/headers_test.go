package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// answers is one answer of every route and of every kind of error.
func answers(t *testing.T, p *apptest.Provider) map[string]*apptest.Page {
	t.Helper()
	b, in := p.Browser(), p.Browser()
	tokens := in.Tokens(apptest.NewRequest(apptest.Web), ada)
	once := in.Get(apptest.NewRequest(apptest.Once).Path()).Location()
	choose := in.Get(apptest.NewRequest(apptest.Web).With("prompt", "select_account").Path()).Location()
	form := b.Authorize(apptest.NewRequest(apptest.Web))
	wait, mail := b.Ask(form, ada)
	elsewhere := p.Browser()
	device := p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}})
	connect := in.Submit(in.Open("/device").Form("/device").Set("user_code", device.Text("user_code")))
	eves := p.Browser()
	eves.SignInHere(eve)
	out := map[string]*apptest.Page{
		"authorize": b.Get(apptest.NewRequest(apptest.Web).Path()), "address form": form, "waiting page": wait, "status": b.Get(wait.URL.Path + "/status"),
		"link here": b.Get(mail.Link), "link elsewhere": elsewhere.Get(mail.Link), "link unknown": b.Get("/l/" + strings.Repeat("x", 32)),
		"done": elsewhere.Submit(elsewhere.Get(mail.Link).Form(pathOf(t, mail.Link))), "link used": p.Browser().Get(mail.Link),
		"wrong code": b.Post(wait.URL.Path, url.Values{"code": {"1"}}), "code": b.Post(wait.URL.Path, url.Values{"code": {mail.Code}}),
		"consent": in.Get(once), "choice": in.Get(choose), "account": in.Get("/account"), "home": in.Get("/"),
		"form_post":        in.Get(apptest.NewRequest(apptest.Web).With("response_mode", "form_post").Path()),
		"end of a session": in.Get("/end_session"), "sign-out": p.Browser().Post("/logout", nil),
		"device": b.Get("/device"), "device connect": connect, "device authorization": b.Post("/oauth/device_authorization", nil), "not admitted": eves.Authorize(apptest.NewRequest(apptest.Club)),
		"discovery": b.Get(pathOpenID), "JWKS": b.Get(pathJWKS), "userinfo": b.Get("/userinfo"), "token": b.Post("/oauth/token", nil), "introspection": b.Post("/oauth/introspect", nil),
		"revocation": b.Post("/oauth/revoke", url.Values{"client_id": {"spa"}, "token": {tokens.Access()}}),
		"400":        b.Get("/authorize"), "403": b.PostFrom("https://evil.example", "/login", nil), "404": b.Get("/nothing"), "404 asset": b.Get("/static/nothing"),
		"405": b.Get("/oauth/token"), "413": b.Post("/login", url.Values{"email": {strings.Repeat("x", 70_000)}}), "422": b.Post("/login", url.Values{"email": {"x"}}),
	}
	foreign := b.NewRequest(http.MethodGet, "/login", nil)
	foreign.Host = "evil.example"
	out["421"] = b.Do(foreign)
	for name, attrs := range form.Elements {
		if name == "link" || name == "script" {
			out["asset "+attrs["href"]+attrs["src"]] = b.Get(attrs["href"] + attrs["src"])
		}
	}
	return out
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// No answer can be framed, sniffed, or leak its address to another site; nothing
// of a person stays in a cache; pages run nothing but our own files.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]apptest.Option{"http": nil, "https": {apptest.TLS()}} {
		t.Run(name, func(t *testing.T) {
			p := one(t, opts...)
			all := answers(t, p)
			if len(all) < 33 {
				t.Fatalf("only %d answers", len(all))
			}
			for what, page := range all {
				h := page.Header
				frames, opener := h.Get("X-Frame-Options"), h.Get("Cross-Origin-Opener-Policy")
				if page.Location() != "" || strings.HasPrefix(h.Get("Content-Type"), "text/html") { // what only programs read needs neither
					frames, opener = "DENY", "same-origin"
				}
				for header, want := range map[string]string{
					"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": frames, "Cross-Origin-Opener-Policy": opener,
					"Server": "", "X-Powered-By": "", "Strict-Transport-Security": map[string]string{"https": "max-age=31536000"}[name],
				} {
					if got := h.Get(header); got != want {
						t.Errorf("%s: %s is %q, want %q", what, header, got, want)
					}
				}
				checkPolicy(t, what, page)
				stored := strings.HasPrefix(what, "asset") || what == "discovery" || what == "JWKS"
				empty := page.Body == "" && page.Location() == ""
				if cc := h.Get("Cache-Control"); !stored && page.Status < 400 && !empty && what != "home" && cc != "no-store" {
					t.Errorf("%s: Cache-Control %q", what, cc)
				}
			}
		})
	}
}

// checkPolicy holds the content security policy, and the page to it.
func checkPolicy(t *testing.T, what string, page *apptest.Page) {
	t.Helper()
	policy := page.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: the policy lacks %s: %q", what, part, policy)
		}
	}
	for _, part := range []string{"unsafe", "*", "https: ", "https:;"} {
		if strings.Contains(policy, part) {
			t.Errorf("%s: the policy allows %s", what, part)
		}
	}
	for name, attrs := range page.Elements {
		for attr, value := range attrs {
			if attr == "style" || strings.HasPrefix(attr, "on") {
				t.Errorf("%s: <%s> has the attribute %s", what, name, attr)
			}
			if (attr == "src" || name == "link" && attr == "href") && !strings.HasPrefix(value, "/static/") {
				t.Errorf("%s: <%s> loads %s", what, name, value)
			}
		}
		if name == "style" || name == "iframe" || name == "script" && attrs["src"] == "" {
			t.Errorf("%s: there is a <%s> in the page", what, name)
		}
	}
}

// Under https the cookies carry every protection that browsers know.
func TestCookieAttributes(t *testing.T) {
	p := one(t, apptest.TLS())
	b := p.Browser()
	seen := map[string]string{}
	note := func(page *apptest.Page) *apptest.Page {
		for _, line := range page.Header["Set-Cookie"] {
			name, _, _ := strings.Cut(line, "=")
			seen[name] = line
		}
		return page
	}
	form := note(b.Get(apptest.NewRequest(apptest.Web).Path()))
	wait, mail := b.Ask(b.Follow(form), ada)
	note(b.Post(wait.URL.Path, url.Values{"code": {mail.Code}}))
	for _, name := range []string{"__Host-lb", "__Host-sid", "__Host-kb"} {
		line := seen[name]
		for _, attr := range []string{"; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age="} {
			if !strings.Contains(line, attr) {
				t.Errorf("%s lacks %s: %q", name, attr, line)
			}
		}
		if strings.Contains(line, "Domain") {
			t.Errorf("%s has a domain", name)
		}
		if value, _, _ := strings.Cut(strings.TrimPrefix(line, name+"="), ";"); len(value) != 43 && name != "__Host-kb" {
			t.Errorf("%s has %d characters, want 43: 256 bits", name, len(value))
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d cookies", len(seen))
	}
	if !isSignedIn(b) {
		t.Error("not signed in under https")
	}
}
