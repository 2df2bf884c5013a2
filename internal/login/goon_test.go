package login_test

import (
	"strings"
	"testing"

	"idp/internal/apptest"
)

// A sign-in that leaves nothing to ask goes straight back to the application; one
// that leaves something is decided again.
func TestWayOnFromASignIn(t *testing.T) {
	p := one(t)
	const back, decided = "https://web.example.com/callback?code=", "/authorize/continue?flow="
	request := apptest.NewRequest(apptest.Web)
	bobs := p.Browser().Tokens(request, bob).ID()
	for _, c := range []struct {
		what, way string
		request   apptest.Request
	}{
		{"nothing to ask", back, request},
		{"a sign-in that had to be new", back, request.With("prompt", "login")},
		{"a consent to ask for", decided, request.With("prompt", "consent")},
		{"another person than the hint names", decided, request.With("id_token_hint", bobs)},
		{"an answer by form", decided, request.With("response_mode", "form_post")},
	} {
		for how, proof := range map[string]func(*apptest.Browser, *apptest.Page, apptest.Mail) *apptest.Form{
			"code": func(_ *apptest.Browser, wait *apptest.Page, m apptest.Mail) *apptest.Form {
				return wait.Form(wait.URL.Path).Set("code", m.Code)
			},
			"link": func(b *apptest.Browser, _ *apptest.Page, m apptest.Mail) *apptest.Form {
				return b.Open(m.Link).Form(path(t, m.Link))
			},
		} {
			b := p.Browser()
			wait, mail := b.Ask(b.Authorize(c.request), ada)
			form := proof(b, wait, mail)
			page := b.Post(form.Action, form.Values)
			if !strings.HasPrefix(page.Location(), c.way) {
				t.Errorf("%s, by %s: the answer leads to %q, want %s", c.what, how, page.Location(), c.way)
			}
			if !isSignedIn(b) {
				t.Errorf("%s, by %s: the browser got no session", c.what, how)
			}
		}
	}
}
