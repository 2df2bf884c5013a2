package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

const (
	signedOutURI = "https://web.example.com/signed-out"
	confirmPath  = "/end_session/confirm"
)

// endSession is the address of a logout request with these parameters.
func endSession(namesAndValues ...string) string {
	v := url.Values{}
	for i := 0; i < len(namesAndValues); i += 2 {
		v.Set(namesAndValues[i], namesAndValues[i+1])
	}
	return "/end_session?" + v.Encode()
}

func isSignedIn(b *apptest.Browser) bool {
	return asks(b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "none"))) == "code"
}

// confirmed presses the form of a logout page, which a browser with script sends
// by itself when auto is true, and returns where that leads.
func confirmed(t *testing.T, b *apptest.Browser, page *apptest.Page, auto bool) *apptest.Page {
	t.Helper()
	if !isSignedIn(b) {
		t.Error("asking alone signed out")
	}
	if got := page.Attr("logout-form", "data-auto") != ""; got != auto {
		t.Errorf("the form sends itself: %v, want %v", got, auto)
	}
	return b.Submit(page.Form(confirmPath), "sign-out")
}

// An application that proves with an ID token whose session it means signs out
// without a question, and the person comes back with the state (OpenID Connect
// RP-Initiated Logout §2, §3).
func TestEndSession(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, c := range map[string]struct {
			params []string // besides the hint
			target string   // "" is our own page
		}{
			"redirect and state":      {[]string{"post_logout_redirect_uri", signedOutURI, "state", "a b&c=d"}, signedOutURI + "?state=a+b%26c%3Dd"},
			"client_id too":           {[]string{"post_logout_redirect_uri", signedOutURI, "client_id", "web"}, signedOutURI},
			"redirect with a query":   {[]string{"post_logout_redirect_uri", "https://web.example.com/bye?from=idp", "state", "s"}, "https://web.example.com/bye?from=idp&state=s"},
			"no redirect":             {nil, ""},
			"no redirect, but state":  {[]string{"state", "s"}, ""},
			"unknown parameters":      {[]string{"logout_hint", "x", "ui_locales", "de", "extra", "1"}, ""},
			"hint of an expired time": {[]string{"post_logout_redirect_uri", signedOutURI}, signedOutURI},
		} {
			b := p.Browser()
			hint := b.Tokens(apptest.NewRequest(apptest.Web), ada).ID()
			if what == "hint of an expired time" {
				p.Clock.Advance(3 * time.Hour)
			}
			end := confirmed(t, b, b.Open(endSession(append(c.params, "id_token_hint", hint)...)), true)
			if end.Location() != c.target {
				t.Errorf("%s: goes to %q, want %q", what, end.Location(), c.target)
			}
			if c.target == "" && end.Heading() != "You are signed out" {
				t.Errorf("%s: %s", what, end)
			}
			if isSignedIn(b) || b.Cookie(apptest.SessionCookie) != "" {
				t.Errorf("%s: still signed in", what)
			}
		}
	})
}

// Without such a proof the person is asked, and may stay.
func TestEndSessionAsks(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.SignIn(apptest.NewRequest(apptest.Web), ada)
		bobs := p.Browser().Tokens(apptest.NewRequest(apptest.Web), bob).ID()
		elsewhere := p.Browser().Tokens(apptest.NewRequest(apptest.Web), ada).ID()
		for what, ref := range map[string]string{
			"nothing":                            endSession(),
			"client only":                        endSession("client_id", "web"),
			"client and redirect":                endSession("client_id", "web", "post_logout_redirect_uri", signedOutURI),
			"hint of another person":             endSession("id_token_hint", bobs, "post_logout_redirect_uri", signedOutURI),
			"hint of the same person, elsewhere": endSession("id_token_hint", elsewhere),
		} {
			page := b.Open(ref)
			if page.Status != http.StatusOK || page.Attr("logout-form", "data-auto") != "" {
				t.Errorf("%s: %s, want a question", what, page)
			}
			if stay := b.Submit(page.Form(confirmPath), "cancel"); stay.Heading() != "You are still signed in" || !isSignedIn(b) {
				t.Errorf("%s: staying leads to %s", what, stay)
			}
		}
		end := confirmed(t, b, b.Open(endSession("client_id", "web", "post_logout_redirect_uri", signedOutURI, "state", "x")), false)
		if end.Location() != signedOutURI+"?state=x" || isSignedIn(b) {
			t.Errorf("a yes leads to %s", end)
		}
	})
}

// Nothing leads to an address that is not registered, and a hint that is not
// ours is worth nothing: the provider is no open redirector (RFC 9700 §4.11.2).
func TestEndSessionRefuses(t *testing.T) {
	p := one(t)
	b := p.Browser()
	web, other := b.Tokens(apptest.NewRequest(apptest.Web), ada), b.Tokens(apptest.NewRequest(apptest.Other), ada)
	jwt := b.Tokens(apptest.NewRequest(apptest.JWT), ada)
	for what, ref := range map[string]string{
		"foreign redirect":                endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", "https://evil.example/"),
		"redirect URI of the sign-in":     endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", apptest.Web.Redirect),
		"another client's":                endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", "https://other.example.com/signed-out"),
		"a query added":                   endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", signedOutURI+"?x=1"),
		"a slash added":                   endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", signedOutURI+"/"),
		"redirect without client or hint": endSession("post_logout_redirect_uri", signedOutURI),
		"redirect for an unknown client":  endSession("client_id", "nobody", "post_logout_redirect_uri", signedOutURI),
		"hint of another client":          endSession("client_id", "web", "id_token_hint", other.ID(), "post_logout_redirect_uri", signedOutURI),
		"garbage hint":                    endSession("id_token_hint", "garbage", "post_logout_redirect_uri", signedOutURI),
		"unsigned hint":                   endSession("id_token_hint", unsigned(web.ID()), "post_logout_redirect_uri", signedOutURI),
		"hint with another signature":     endSession("id_token_hint", signedLike(web.ID(), other.ID())),
		"access token for a hint":         endSession("id_token_hint", jwt.Access()),
		"state of 2049 bytes":             endSession("id_token_hint", web.ID(), "post_logout_redirect_uri", signedOutURI, "state", strings.Repeat("s", 2049)),
	} {
		for who, from := range map[string]*apptest.Browser{"signed in": b, "stranger": p.Browser()} {
			errorPage(t, what+", "+who, from.Open(ref))
		}
		if !isSignedIn(b) {
			t.Fatalf("%s signed out", what)
		}
	}
	for what, request := range map[string]string{"nothing": "", "garbage": "x", "a code": web.Access()} {
		errorPage(t, "confirming "+what, b.Post(confirmPath, url.Values{"request": {request}, "answer": {"yes"}}))
	}
	if !isSignedIn(b) {
		t.Error("signed out by a made-up confirmation")
	}
}

// Who is not signed in is taken on at once, or told so.
func TestEndSessionWhenNobodyIsSignedIn(t *testing.T) {
	p := one(t)
	hint := p.Browser().Tokens(apptest.NewRequest(apptest.Web), ada).ID()
	stranger := p.Browser()
	page := stranger.Open(endSession("id_token_hint", hint, "post_logout_redirect_uri", signedOutURI, "state", "x"))
	if page.Location() != signedOutURI+"?state=x" {
		t.Errorf("with a redirect: %s", page)
	}
	page = stranger.Open(endSession("id_token_hint", hint))
	if page.HasForm(confirmPath) {
		page = stranger.Submit(page.Form(confirmPath), "sign-out")
	}
	if page.Heading() != "You are signed out" {
		t.Errorf("without: %s", page)
	}
}

// RP-Initiated Logout §2 lets applications post, which they do from their own
// site, so the session cookie, being SameSite=Lax, does not come along. The
// person must be signed out all the same, or asked.
func TestEndSessionPostedFromAnotherSite(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, redirect := range map[string]string{"with redirect": signedOutURI, "without": ""} {
			b := p.Browser()
			form := url.Values{"id_token_hint": {b.Tokens(apptest.NewRequest(apptest.Web), ada).ID()}, "state": {"x"}}
			if redirect != "" {
				form.Set("post_logout_redirect_uri", redirect)
			}
			page := b.Follow(b.PostFrom("https://web.example.com", "/end_session", form))
			if page.HasForm(confirmPath) {
				page = b.Submit(page.Form(confirmPath), "sign-out")
			}
			if page.Location() == "" && page.Heading() != "You are signed out" {
				t.Errorf("%s: %s", what, page)
			}
			if isSignedIn(b) {
				t.Errorf("%s: application and person believe in a sign-out that did not happen", what)
			}
		}
	})
}

// The page that asks is for the session that it was asked in: a person who
// signed in anew meanwhile is not signed out by an old tab.
func TestOldLogoutPageDoesNotEndANewSession(t *testing.T) {
	p := one(t)
	b := p.Browser()
	b.SignIn(apptest.NewRequest(apptest.Web), ada)
	old := b.Open(endSession())
	p.Clock.Advance(time.Minute)
	b.SignIn(apptest.NewRequest(apptest.Web).With("prompt", "login"), ada)
	b.Submit(old.Form(confirmPath), "sign-out")
	if !isSignedIn(b) {
		t.Error("the new session has ended")
	}
	// Nor does the page of one browser work in another.
	other := p.Browser()
	other.SignIn(apptest.NewRequest(apptest.Web), ada)
	other.Post(confirmPath, b.Open(endSession()).Form(confirmPath).Set("answer", "yes").Values)
	if !isSignedIn(other) {
		t.Error("another browser's page ended this session")
	}
}
