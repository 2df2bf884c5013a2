package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
)

// Another site's page posts our forms in a victim's browser (CSRF): to sign the
// victim in as somebody else, to allow an application, to end sessions. Cookies
// are sent here although SameSite would hold them back: the origin alone must do.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		flow := flowOf(t, b.Get(apptest.NewRequest(apptest.Once).Path()).Location())
		wait, mail := b.Ask(b.Open(b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "login")).URL.RequestURI()), ada)
		logout := b.Open("/end_session").Form(confirmPath).Set("answer", "yes")
		link, err := url.Parse(mail.Link)
		if err != nil {
			t.Fatal(err)
		}
		forms := map[string]url.Values{
			"/login": {"flow": {flow}, "email": {bob}}, "/login/consent": {"flow": {flow}, "answer": {"allow"}}, "/login/account": {"flow": {flow}},
			wait.URL.Path: {"code": {mail.Code}}, wait.URL.Path + "/resend": {}, link.Path: {}, confirmPath: logout.Values, "/logout": {},
			"/account/sessions/end-others": {}, "/account/applications/web/disconnect": {}, "/account/sessions/ses_x/end": {},
		}
		before := p.Inbox.Last()
		for path, form := range forms {
			for what, header := range map[string]http.Header{
				"cross-site":             {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
				"same-site":              {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://sub.example"}},
				"old browser":            {"Origin": {"https://evil.example"}},
				"sandboxed frame":        {"Origin": {"null"}},
				"cross-site, our origin": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {p.URL}},
				"another port":           {"Origin": {"http://127.0.0.1:1"}},
			} {
				req := b.NewRequest(http.MethodPost, path, form)
				for name, v := range header {
					req.Header[name] = v
				}
				if page := b.Do(req); page.Status != http.StatusForbidden || page.Location() != "" || len(page.Header["Set-Cookie"]) > 0 {
					t.Errorf("%s, %s: %s", path, what, page)
				}
			}
		}
		if p.Inbox.Last() != before || !isSignedIn(b) || asks(b.Authorize(apptest.NewRequest(apptest.Once))) != "/login/consent" {
			t.Error("one of them did something")
		}
	})
}

// Applications may post an authorization request from their own site (OpenID
// Connect Core §3.1.2.1), and a logout request.
func TestRequestsOfOtherSitesAreAccepted(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	for _, origin := range []string{"https://web.example.com", "https://evil.example", "null"} {
		page := b.PostFrom(origin, "/authorize", apptest.NewRequest(apptest.Web).Params)
		if page.Status != http.StatusSeeOther || page.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("from %s: %s", origin, page)
		}
		if got := asks(b.Follow(page)); got != "code" {
			t.Errorf("from %s: %s", origin, got)
		}
	}
}
