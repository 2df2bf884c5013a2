package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// asks is what an authorization request leads to.
func asks(page *apptest.Page) string {
	if a, ok := page.Answer(); ok {
		if a.Code() != "" {
			return "code"
		}
		return a.Fault()
	}
	for _, path := range []string{"/login", "/login/account", "/login/consent"} {
		if page.HasForm(path) {
			return path
		}
	}
	return page.String()
}

// What prompt and max_age lead to, for a stranger, for somebody who signed in an
// hour ago, and for the same person at a client that asks for consent.
func TestPrompts(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		signedIn := p.Browser()
		signedIn.SignIn(apptest.NewRequest(apptest.Web), ada)
		p.Clock.Advance(time.Hour)
		for _, c := range []struct{ parameters, stranger, web, once string }{
			{"", "/login", "code", "/login/consent"},
			{"prompt=none", "login_required", "code", "consent_required"},
			{"prompt=login", "/login", "/login", "/login"},
			{"prompt=consent", "/login", "/login/consent", "/login/consent"},
			{"prompt=select_account", "/login", "/login/account", "/login/account"},
			{"prompt=login consent", "/login", "/login", "/login"},
			{"prompt=select_account consent", "/login", "/login/account", "/login/account"},
			{"max_age=0", "/login", "/login", "/login"},
			{"max_age=1", "/login", "/login", "/login"},
			{"max_age=3599", "/login", "/login", "/login"},
			{"max_age=3700", "/login", "code", "/login/consent"},
			{"max_age=10000", "/login", "code", "/login/consent"},
			{"max_age=0&prompt=none", "login_required", "login_required", "login_required"},
			{"max_age=10000&prompt=none", "login_required", "code", "consent_required"},
		} {
			for who, want := range map[string]string{"stranger": c.stranger, "web": c.web, "once": c.once} {
				b, client := signedIn, apptest.Web
				if who == "stranger" {
					b = p.Browser()
				} else if who == "once" {
					client = apptest.Once
				}
				page := b.Open(apptest.NewRequest(client).Path() + "&" + query(c.parameters))
				if got := asks(page); got != want {
					t.Errorf("%q, %s: %s, want %s", c.parameters, who, got, want)
				}
			}
		}
	})
}

func query(s string) string {
	out := ""
	for _, r := range s {
		if r == ' ' {
			out += "%20"
			continue
		}
		out += string(r)
	}
	return out
}

// After the page that a prompt asked for, the request is answered, and the ID
// token says when the person last proved the address.
func TestPromptLoginBringsANewSignIn(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		first := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())
		for _, r := range []apptest.Request{
			apptest.NewRequest(apptest.Web).With("prompt", "login"),
			apptest.NewRequest(apptest.Web).With("max_age", "1"),
			apptest.NewRequest(apptest.Web).With("max_age", "0"),
		} {
			p.Clock.Advance(5 * time.Second)
			again := apptest.Claims(t, b.Tokens(r, ada).ID())
			if number(t, again, "auth_time") < number(t, first, "auth_time")+5 || again["sub"] != first["sub"] || again["sid"] != first["sid"] {
				t.Errorf("%v: auth_time %v after %v, sid %v after %v", r.Params, again["auth_time"], first["auth_time"], again["sid"], first["sid"])
			}
			first = again
		}
		p.Clock.Advance(5 * time.Second)
		silent := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web).With("prompt", "none", "max_age", "10000"), ada).ID())
		if silent["auth_time"] != first["auth_time"] || silent["sid"] != first["sid"] {
			t.Errorf("without a page: auth_time %v, was %v", silent["auth_time"], first["auth_time"])
		}
	})
}

// A login under way answers its own request only: the same prompt=login request
// a second time asks again.
func TestPromptLoginCannotBeReplayed(t *testing.T) {
	p := one(t)
	b := p.Browser()
	r := apptest.NewRequest(apptest.Web).With("prompt", "login")
	b.SignIn(r, ada)
	p.Clock.Advance(time.Second)
	if got := asks(b.Authorize(r)); got != "/login" {
		t.Errorf("the request again leads to %s", got)
	}
}

// While a page waits, the sign-in before it grows old: it is asked for once more then,
// and once only, even where no age is little enough.
func TestSignInGrowsOldWhileAPageWaits(t *testing.T) {
	p := one(t)
	change(t, p, "strict", func(c *idp.Client) { c.MaxSessionAge = time.Minute })
	for what, r := range map[string]apptest.Request{
		"max_age=60":      apptest.NewRequest(apptest.Web).With("max_age", "60"),
		"max_age=0":       apptest.NewRequest(apptest.Web).With("max_age", "0"),
		"max_session_age": apptest.NewRequest(apptest.Strict),
	} {
		r = r.With("prompt", "consent")
		b := p.Browser()
		consent := func(form *apptest.Page, pause time.Duration) *apptest.Page {
			wait, mail := b.Ask(form, ada)
			page := b.EnterCode(wait, mail.Code)
			p.Clock.Advance(pause)
			return b.Submit(page.Form("/login/consent"), "allow")
		}
		if got := asks(consent(b.Authorize(r), 50*time.Second)); got != "code" {
			t.Errorf("%s, after 50 seconds: %s", what, got)
		}
		p.Clock.Advance(2 * time.Minute)
		form := consent(b.Authorize(r), 20*time.Minute)
		if got := asks(form); got != "/login" {
			t.Errorf("%s, after 20 minutes: %s", what, got)
			continue
		}
		wait, mail := b.Ask(form, ada)
		claims := apptest.Claims(t, p.Redeem(r, b.EnterCode(wait, mail.Code).MustAnswer().Code()).ID())
		if age := number(t, claims, "iat") - number(t, claims, "auth_time"); age > 1 {
			t.Errorf("%s: the sign-in is %v seconds old", what, age)
		}
	}
}

// A request that was posted is sealed before anybody is known. It must not be
// good for ever: prompt=login counts every login since its start.
func TestPostedRequestExpires(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	way := b.PostFrom("https://web.example.com", "/authorize", apptest.NewRequest(apptest.Web).Params).Location()
	p.Clock.Advance(34 * time.Minute)
	if got := asks(b.Open(way)); got != "code" {
		t.Errorf("after 34 minutes: %s", got)
	}
	p.Clock.Advance(2 * time.Minute)
	errorPage(t, "after 36 minutes", b.Open(way))
}

func TestSelectAccount(t *testing.T) {
	p := one(t)
	b := p.Browser()
	first := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())
	r := apptest.NewRequest(apptest.Web).With("prompt", "select_account")

	stayed := p.Redeem(r, b.Submit(b.Authorize(r).Form("/login/account"), "stay").MustAnswer().Code())
	if claims := apptest.Claims(t, stayed.ID()); claims["sub"] != first["sub"] || claims["auth_time"] != first["auth_time"] {
		t.Errorf("staying changed the sign-in: %v", claims)
	}

	other := b.Authorize(r).Attr("other", "href")
	answer := b.Finish(b.Open(other), bob, func(w *apptest.Page, m apptest.Mail) *apptest.Page { return b.EnterCode(w, m.Code) })
	claims := apptest.Claims(t, p.Redeem(r, answer.Code()).ID())
	if claims["sub"] == first["sub"] || claims["email"] != bob {
		t.Errorf("the other account is %v", claims)
	}
}
