package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// An attacker starts a sign-in and sends the address of a page of it to a victim,
// or takes one from the victim: whoever finishes it would finish it for the other.
func TestAnotherBrowserCannotContinueAFlow(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		attacker, victim := p.Browser(), p.Browser()
		victim.SignIn(apptest.NewRequest(apptest.Web), bob)
		start := attacker.Get(apptest.NewRequest(apptest.Web).Path()).Location()
		flow := flowOf(t, start)
		for _, b := range []*apptest.Browser{victim, p.Browser()} {
			for _, path := range []string{"/login?flow=", "/authorize/continue?flow=", "/login/consent?flow=", "/login/account?flow="} {
				errorPage(t, "GET "+path, b.Get(path+url.QueryEscape(flow)))
			}
			for _, path := range []string{"/login", "/login/consent", "/login/account"} {
				errorPage(t, "POST "+path, b.Post(path, url.Values{"flow": {flow}, "email": {bob}, "answer": {"allow"}}))
			}
		}
		if a := attacker.Finish(attacker.Open(start), ada, func(w *apptest.Page, m apptest.Mail) *apptest.Page { return attacker.EnterCode(w, m.Code) }); a.Code() == "" {
			t.Errorf("its own browser got %v", a)
		}
	})
}

// flowOf is the sealed request in an address of ours.
func flowOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("flow") == "" {
		t.Fatalf("no flow in %q", address)
	}
	return u.Query().Get("flow")
}

// An attacker opens the waiting page of somebody else's sign-in: he must not see
// whose it is, ask for mails, try codes, or learn that it was approved.
func TestAnotherBrowserCannotUseAWaitingPage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		victim, attacker := p.Browser(), p.Browser()
		attacker.SignIn(apptest.NewRequest(apptest.Web), bob)
		wait, mail := victim.Ask(victim.Authorize(apptest.NewRequest(apptest.Web)), ada)
		path := wait.URL.Path
		try := func(when string) {
			t.Helper()
			for _, b := range []*apptest.Browser{attacker, p.Browser()} {
				for what, page := range map[string]*apptest.Page{
					"look": b.Get(path), "code": b.Post(path, url.Values{"code": {mail.Code}}), "mail": b.Post(path+"/resend", nil),
				} {
					errorPage(t, when+", "+what, page)
					if strings.Contains(page.Body, ada) || slices.Contains(strings.Fields(page.Text()), mail.Number) {
						t.Errorf("%s, %s: the page tells whose it is", when, what)
					}
				}
				if status := b.Get(path + "/status"); status.Status != http.StatusBadRequest || strings.Contains(status.Body, "approved") {
					t.Errorf("%s, status: %s %s", when, status, status.Body)
				}
			}
		}
		try("while it waits")
		if a := victim.EnterCode(wait, mail.Code).MustAnswer(); a.Code() == "" {
			t.Errorf("the right browser got %v", a)
		}
		try("after it was approved")
	})
}

// A victim opens the link of a mail that an attacker asked for (to the victim's
// address): the victim may sign in on the own device, but the attacker's browser
// gets nothing from it.
func TestLinkOpenedElsewhereDoesNotApproveTheAsker(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		attacker, victim := p.Browser(), p.Browser()
		wait, mail := attacker.Ask(attacker.Authorize(apptest.NewRequest(apptest.Web)), ada)
		page := victim.Open(mail.Link)
		if page.Attr("link-form", "data-auto") != "" {
			t.Error("in a browser that did not ask, the link signs in by itself")
		}
		done := victim.Submit(page.Form(page.URL.Path))
		if _, ok := done.Answer(); ok || strings.Contains(done.Body, "flow=") {
			t.Errorf("the victim goes on with the attacker's request: %s", done)
		}
		if !isSignedIn(victim) {
			t.Error("the victim is not signed in on the own device")
		}
		if again := attacker.Open(wait.URL.Path); !again.HasForm(wait.URL.Path) || strings.Contains(again.Body, "/authorize/continue") && asks(attacker.Open(again.Attr("wait", "data-next"))) == "code" {
			t.Errorf("the attacker's page went on: %s", again)
		}
		if isSignedIn(attacker) {
			t.Error("the attacker is signed in")
		}
	})
}

// Login fixation: an attacker plants his own session or browser cookie, or knows
// the one from before the sign-in. The session that a sign-in makes is new.
func TestSignInMakesANewSession(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		attacker, victim := p.Browser(), p.Browser()
		attacker.SignIn(apptest.NewRequest(apptest.Web), bob)
		planted := attacker.Cookie(apptest.SessionCookie)
		victim.SetCookie(apptest.SessionCookie, planted)
		tokens := victim.Tokens(apptest.NewRequest(apptest.Web).With("prompt", "login"), ada)
		if got := victim.Cookie(apptest.SessionCookie); got == planted || got == "" {
			t.Error("the planted session cookie stayed")
		}
		if claims := apptest.Claims(t, tokens.ID()); claims["email"] != ada {
			t.Errorf("signed in as %v", claims["email"])
		}
		before := victim.Cookie(apptest.SessionCookie)
		victim.SignIn(apptest.NewRequest(apptest.Web).With("prompt", "login"), ada)
		if victim.Cookie(apptest.SessionCookie) == before {
			t.Error("a second sign-in kept the session cookie")
		}
		if claims := apptest.Claims(t, attacker.Tokens(apptest.NewRequest(apptest.Web), bob).ID()); claims["email"] != bob {
			t.Errorf("the attacker is now %v", claims["email"])
		}
	})
}

// A neighbouring host can add cookies of the same name. A request that carries
// one twice must not let it choose: it carries none.
func TestCookiesSentTwiceDoNotCount(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	for _, name := range []string{apptest.SessionCookie, apptest.BrowserCookie} {
		good := b.Cookie(name)
		for _, cookies := range []string{
			name + "=" + good + "; " + name + "=" + strings.Repeat("x", 43), name + "=" + strings.Repeat("x", 43) + "; " + name + "=" + good, name + "=" + good + "; " + name + "=" + good,
		} {
			req := p.NewRequest("/account", nil)
			req.Header.Set("Cookie", cookies)
			if reply := p.Do(req); reply.Status != http.StatusSeeOther {
				t.Errorf("%s twice: %d", name, reply.Status)
			}
		}
	}
}
