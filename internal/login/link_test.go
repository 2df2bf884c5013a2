package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// Mail scanners open every link, some run its scripts. Opening it, as often and
// however they like, neither signs them in nor takes anything from the reader.
func TestOpeningALinkChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		_, mail := ask(b, ada)
		for range 3 {
			scanner := p.Browser()
			shows(t, "scanner", scanner.Open(mail.Link), http.StatusOK, "Sign in on this device?")
			scanner.Do(scanner.NewRequest(http.MethodHead, mail.Link, nil))
			for _, header := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
				req := scanner.NewRequest(http.MethodGet, mail.Link, nil)
				req.Header.Set(header, "prefetch")
				if page := scanner.Do(req); page.Status != http.StatusNoContent || page.Body != "" {
					t.Errorf("%s: %s", header, page)
				}
			}
			if isSignedIn(scanner) {
				t.Fatal("the scanner is signed in")
			}
		}
		finished(t, "the reader", b.PressLink(mail.Link))
	})
}

// In the browser that asked, the link goes on by itself to the application.
func TestLinkInTheBrowserThatAsked(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		wait, mail := ask(b, ada)
		page := b.Open(mail.Link)
		shows(t, "link", page, http.StatusOK, ada)
		if page.Attr("link-form", "data-auto") == "" {
			t.Error("the form does not send itself")
		}
		finished(t, "pressed", b.Submit(page.Form(path(t, mail.Link))))
		for what, again := range map[string]*apptest.Page{"the link again": b.Open(mail.Link), "the waiting tab": b.Open(wait.URL.Path)} {
			shows(t, what, again, http.StatusOK, "You are signed in")
			finished(t, what+", and on", b.Open(again.Attr("done", "data-next")))
		}
		shows(t, "the link elsewhere, afterwards", p.Browser().Open(mail.Link), http.StatusGone, "used already")
	})
}

// On another device the page says who asked and from where, without the whole
// address; pressed there, it signs in there, and the screen that waits can still
// finish with the code.
func TestLinkOnAnotherDevice(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, phone := p.Browser(), p.Browser()
		wait, mail := ask(b, ada)
		page := phone.Open(mail.Link)
		shows(t, "link", page, http.StatusOK, "Sign in on this device?", "Firefox on Linux", mail.Number, "a…\u2060@example.com")
		if strings.Contains(page.Body, ada) {
			t.Error("the page shows the whole address to whoever holds the link")
		}
		done := phone.Submit(page.Form(path(t, mail.Link)))
		shows(t, "pressed", done, http.StatusOK, "You are signed in", "still waits. To finish there, type the six-digit code")
		if !isSignedIn(phone) || isSignedIn(b) {
			t.Errorf("phone signed in: %v, screen: %v", isSignedIn(phone), isSignedIn(b))
		}
		if done.Attr("done", "data-challenge") != "" {
			t.Error("the page goes on by itself, before anybody could read it")
		}
		on, err := url.Parse(done.Attr("continue", "href"))
		if err != nil || !strings.HasPrefix(on.String(), "https://web.example.com/login?") || on.Query().Get("iss") != p.URL || on.Query().Get("login_hint") != ada {
			t.Errorf("the way on is %v", on)
		}
		shows(t, "the link again, on the screen", b.Open(mail.Link), http.StatusGone, "used already", "type the code")
		finished(t, "the code on the screen", b.EnterCode(wait, mail.Code))
	})
}

// Elsewhere the button counts only if it was pressed on the page that this very
// browser was shown: no post that was made up, copied, or sent by a scanner.
func TestForeignPostOfALinkNeedsItsPage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		_, mail := ask(b, ada)
		_, other := ask(b, ada)
		at := path(t, mail.Link)
		phone, thief := p.Browser(), p.Browser()
		good := phone.Open(mail.Link).Form(at).Values.Get("nonce")
		thief.Open(mail.Link)
		for what, form := range map[string]url.Values{
			"no nonce": {}, "garbage": {"nonce": {"x"}}, "another browser's": {"nonce": {good}},
			"another link's": {"nonce": {thief.Open(other.Link).Form(path(t, other.Link)).Values.Get("nonce")}},
			"nobody touched": {"nonce": {thief.Open(mail.Link).Form(at).Values.Get("nonce")}, "gesture": {"none"}},
		} {
			page := thief.Post(at, form)
			if page.Status != http.StatusSeeOther || page.Location() != at || isSignedIn(thief) {
				t.Errorf("%s: %s", what, page)
			}
		}
		if page := p.Browser().Post(at, url.Values{"nonce": {good}}); len(page.Header["Set-Cookie"]) > 0 && strings.Contains(page.Header.Get("Set-Cookie"), "sid=") {
			t.Error("a browser without cookies was signed in")
		}
		p.Clock.Advance(2 * time.Second)
		phone.Post(at, url.Values{"nonce": {good}, "gesture": {"seen"}})
		if !isSignedIn(phone) {
			t.Error("the right browser is not signed in")
		}
	})
}

// Whoever is signed in as somebody else is asked before that changes.
func TestLinkForAnotherAccount(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignInHere(bob)
	_, mail := b.Ask(b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "login")), ada)
	page := b.Open(mail.Link)
	shows(t, "link", page, http.StatusOK, "Switch account?", bob, ada)
	if page.Attr("link-form", "data-auto") != "" {
		t.Error("it switches by itself")
	}
	finished(t, "pressed", b.Submit(page.Form(path(t, mail.Link))))
}

func TestLinksThatDoNotWork(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		_, mail := ask(b, ada)
		for what, address := range map[string]string{
			"unknown": "/l/" + strings.Repeat("x", 32), "cut": mail.Link[:len(mail.Link)-1], "longer": mail.Link + "x", "with a full stop": mail.Link + ".",
			"encoded": "/l/%00", "of spaces": "/l/%20%20", "as a parameter": strings.Replace(mail.Link, "/l/", "/l?token=", 1), "beside none": strings.Replace(mail.Link, "/l/", "/l/?token=", 1),
		} {
			for _, page := range []*apptest.Page{b.Open(address), b.Post(address, nil)} {
				if page.Status != http.StatusNotFound && page.Status != http.StatusBadRequest || isSignedIn(b) {
					t.Errorf("%s: %s", what, page)
				}
			}
		}
		p.Clock.Advance(9*time.Minute + 50*time.Second)
		shows(t, "after 9:50", b.Open(mail.Link), http.StatusOK)
		p.Clock.Advance(15 * time.Second)
		shows(t, "after 10:05", b.Open(mail.Link), http.StatusGone, "has expired")
		page := b.Post(path(t, mail.Link), nil)
		shows(t, "pressed after 10:05", page, http.StatusGone, "has expired")
		if again := b.Open(page.Attr("way-on", "href")); !again.HasForm("/login") {
			t.Errorf("the way on leads to %s", again)
		}
	})
}

// With script, the tab of the link and the tab that waits agree on who goes on.
func TestLinkWithTabsLeavesTheAnswerToOne(t *testing.T) {
	p := one(t)
	b := p.Browser()
	wait, mail := ask(b, ada)
	page := b.Submit(b.Open(mail.Link).Form(path(t, mail.Link)).Set("tabs", "1"))
	shows(t, "the link's tab", page, http.StatusOK, "You are signed in")
	if page.URL.Path != wait.URL.Path || !strings.Contains(b.Get(wait.URL.Path+"/status").Body, `"approved":true`) {
		t.Errorf("the link's tab is at %s", page)
	}
	finished(t, "whoever goes on", b.Open(page.Attr("done", "data-next")))
}
