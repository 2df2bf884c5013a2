package app_test

import (
	"net/http"
	"net/url"
	"testing"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

// acts are the acts of a sign-in that write. Each prepares anew what the act needs
// and returns the act, which may be done again if it was told to.
func acts(p *apptest.Provider) map[string]func() func() answer {
	mailed := func() (*apptest.Browser, *apptest.Page, apptest.Mail) {
		b := p.Browser()
		wait, mail := b.Ask(b.Open("/login"), "ada@example.com")
		return b, wait, mail
	}
	return map[string]func() func() answer{
		"ask a mail": func() func() answer {
			b := p.Browser()
			form := b.Open("/login").Form("/login").Set("email", "ada@example.com")
			return func() answer { return ofPage(b.Post(form.Action, form.Values)) }
		},
		"type the code": func() func() answer {
			b, wait, mail := mailed()
			form := wait.Form(wait.URL.Path).Set("code", mail.Code)
			return func() answer { return ofPage(b.Post(form.Action, form.Values)) }
		},
		"press the link": func() func() answer {
			b, _, mail := mailed()
			page := b.Open(mail.Link)
			form := page.Form(page.URL.Path)
			return func() answer { return ofPage(b.Post(form.Action, form.Values)) }
		},
		"redeem": func() func() answer {
			request := apptest.Offline(apptest.Web)
			code := p.Browser().SignIn(request, "ada@example.com").Code()
			return func() answer { return ofReply(p.Redeem(request, code)) }
		},
		"refresh": func() func() answer {
			token := p.Browser().Tokens(apptest.Offline(apptest.Web), "ada@example.com").Refresh()
			return func() answer { return ofReply(p.Refresh(apptest.Web, token, "")) }
		},
		"end the other sessions": func() func() answer {
			b := p.Browser()
			b.SignInHere("ada@example.com")
			p.Browser().SignInHere("ada@example.com")
			page := b.Open("/account/sessions/end-others")
			form := page.Form(page.URL.Path)
			return func() answer { return ofPage(b.Post(form.Action, form.Values)) }
		},
		"push": func() func() answer {
			r := apptest.NewRequest(apptest.Web)
			return func() answer { return ofReply(p.Post("/oauth/par", r.Client, r.Params)) }
		},
		"wait for a device": func() func() answer {
			return func() answer {
				return ofReply(p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}}))
			}
		},
	}
}

// Every statement of every act fails in turn, with every error that a failing
// server gives: the answer is a success, or 503, and the same act done again
// succeeds. Nothing was done by half.
func TestEveryStatementFailsOnce(t *testing.T) {
	t.Parallel()
	proxy := testdb.NewProxy(t, testdb.URL(t, "postgres"))
	p := apptest.New(t, proxy.URL, apptest.Faulty())
	p.Browser().SignInHere("ada@example.com")
	p = p.For(t)
	p.App = nil // nobody waits for letters to be written off: some never are, as their statement failed
	met := 0
	for name, prepare := range acts(p) {
		for _, code := range []string{"40001", "40P01", "57P01", "08006", "53300"} {
			for n := 1; ; n++ {
				act := prepare()
				proxy.Inject(n, &testdb.Fault{Code: code})
				a := act()
				hit := proxy.Hit()
				proxy.Inject(0, nil)
				if a.status >= 400 {
					if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
						t.Errorf("%s, %s at request %d: %s", name, code, n, a.what)
					}
					met++
					if again := act(); again.status >= 400 {
						t.Errorf("%s, after %s at request %d: %s", name, code, n, again.what)
					}
				}
				if !hit || n > 20 {
					break
				}
			}
		}
	}
	if met < 40 {
		t.Errorf("only %d acts met a fault: this test shows little", met)
	}
}
