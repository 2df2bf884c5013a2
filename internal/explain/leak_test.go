package explain_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/explain"
	"idp/internal/idp"
	"idp/internal/secret"
)

// Whatever stands in the wrong place, and every secret that a failed request had in
// the right one, stays out of what is recorded, of its explanation, and of the
// answer to the application.
func TestFailuresHoldNoSecret(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		r := apptest.Offline(apptest.Web)
		tokens := p.Browser().Tokens(r, ada)
		code := p.code(t, web)
		secrets := map[string]string{
			"client secret": apptest.Web.Secret, "made secret": secret.NewToken().Reveal(), "code": code, "verifier": web.Verifier,
			"refresh token": tokens.Refresh(), "access token": tokens.Access(), "ID token": tokens.ID(), "address": "carol.person@example.com",
		}
		all := map[string]idp.Failure{}
		for _, s := range secrets {
			p.misplace(t, s, func() { // before the next ones push them out
				for _, f := range p.failures(t, "") {
					all[f.ID] = f
				}
			})
		}
		recorded, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		for _, f := range all {
			e := explain.Of(p.cfg, &f)
			said.WriteString(e.Text())
		}
		if len(all) < 400 {
			t.Fatalf("only %d failures: the test proves nothing", len(all))
		}
		for what, s := range secrets {
			for i := 0; i+16 <= len(s); i += 4 {
				if part := s[i : i+16]; strings.Contains(string(recorded), part) || strings.Contains(said.String(), part) {
					t.Errorf("the %s is in what is kept: …%s…", what, part)
					break
				}
			}
		}
	})
}

// misplace sends a secret in the place of every parameter in turn.
func (p *place) misplace(t *testing.T, s string, look func()) {
	t.Helper()
	for _, name := range []string{
		"client_id", "redirect_uri", "scope", "response_type", "response_mode", "code_challenge", "code_challenge_method", "prompt", "max_age",
		"id_token_hint", "resource", "request", "request_uri", "acr_values", "dpop_jkt", "login_hint", "claims",
	} {
		open(t, p, web.With(name, s))
		open(t, p, web.With("redirect_uri", "https://web.example.com/callback?"+name+"="+url.QueryEscape(s)))
		look()
	}
	p.For(t).Browser().Get("/end_session?client_id=web&post_logout_redirect_uri=" + url.QueryEscape(s))
	p.For(t).Browser().Get("/end_session?post_logout_redirect_uri=x&client_id=" + url.QueryEscape(s))
	for _, name := range []string{"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource", "client_assertion", "client_assertion_type"} {
		form := web.CodeForm("none")
		form.Set(name, s)
		p.basic(t, "web", apptest.Web.Secret, form)
		p.basic(t, "web", s, form)
		p.basic(t, s, s, form)
		p.raw(t, "web", s+"+%")
		form.Set("client_id", s)
		p.post(t, form)
		p.post(t, form, "Content-Type", "text/"+url.PathEscape(s))
		look()
	}
	p.post(t, someForm(), "Authorization", "Bearer "+url.PathEscape(s))
	p.post(t, someForm(), "Origin", "https://"+url.PathEscape(s)+".example.com")
	look()
}
