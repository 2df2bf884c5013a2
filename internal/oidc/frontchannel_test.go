package oidc_test

import (
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// framed is an application that hears of logouts in the browser.
func framed(id, more string) string {
	base := "https://" + id + ".example.com"
	return "  - id: " + id + "\n    name: Framed\n    secrets: [env:" + strings.ToUpper(id) + "_SECRET]\n    redirect_uris: [" + base + "/callback]\n" +
		"    post_logout_redirect_uris: [" + base + "/bye]\n    frontchannel_logout_uri: \"" + base + "/out" + more + "\"\n"
}

// frames are the addresses of a page's frames.
func frames(t *testing.T, page *apptest.Page) (out []string) {
	t.Helper()
	for name, attrs := range page.Elements {
		if name != "iframe" {
			continue
		}
		if _, hidden := attrs["hidden"]; !hidden || attrs["sandbox"] != "allow-scripts allow-same-origin" || attrs["title"] == "" {
			t.Errorf("a frame with %v", attrs)
		}
		out = append(out, attrs["src"])
	}
	return out
}

// The page after a sign-out loads a frame of each client of the session, says
// which session of which provider it was, and then goes on (OpenID Connect
// Front-Channel Logout §2, §4).
func TestFrontchannelLogout(t *testing.T) {
	one, two := framed("framed", ""), framed("framed2", "?x=1")
	each(t, func(t *testing.T, p *apptest.Provider) {
		framed1 := apptest.Confidential("framed")
		for what, c := range map[string]struct {
			clients []apptest.Client
			frames  []string // without issuer and session
			sources string
		}{
			"both and another": {[]apptest.Client{framed1, apptest.Confidential("framed2"), apptest.Web}, []string{"https://framed.example.com/out?", "https://framed2.example.com/out?x=1&"},
				"; frame-src https://framed.example.com https://framed2.example.com"},
			"one": {[]apptest.Client{framed1, framed1}, []string{"https://framed.example.com/out?"}, "; frame-src https://framed.example.com"},
		} {
			b := p.Browser()
			var id string
			for _, client := range c.clients {
				id = b.Tokens(apptest.NewRequest(client), ada).ID()
			}
			if what != "one" {
				id = b.Tokens(apptest.NewRequest(framed1), ada).ID()
			}
			sid, _ := apptest.Claims(t, id)["sid"].(string)
			end := confirmed(t, b, b.Open(endSession("id_token_hint", id, "post_logout_redirect_uri", "https://framed.example.com/bye", "state", "a b")), true)
			var want []string
			for _, f := range c.frames {
				want = append(want, f+"iss="+strings.NewReplacer(":", "%3A", "/", "%2F").Replace(p.URL)+"&sid="+sid)
			}
			if got := frames(t, end); !slices.Equal(got, want) || sid == "" {
				t.Errorf("%s: frames %v, want %v", what, got, want)
			}
			if policy := end.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, c.sources) || !strings.Contains(policy, "default-src 'none'") {
				t.Errorf("%s: policy %s", what, policy)
			}
			if next := end.Attr("go-on", "href"); end.Location() != "" || next != "https://framed.example.com/bye?state=a+b" || !strings.Contains(end.Body, `http-equiv="refresh" content="4;url=https://framed.example.com/bye?state=a`) {
				t.Errorf("%s: goes on to %q:\n%s", what, next, end.Body)
			}
			if isSignedIn(b) || b.Cookie(apptest.SessionCookie) != "" {
				t.Errorf("%s: still signed in", what)
			}
		}
	}, apptest.Clients(one+two))
}

// The account page tells them too, and stays.
func TestFrontchannelLogoutFromTheAccountPage(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		b.Tokens(apptest.NewRequest(apptest.Confidential("framed")), ada)
		end := b.Submit(b.Open("/account").Form("/logout"))
		if len(frames(t, end)) != 1 || strings.Contains(end.Body, "refresh") || end.Heading() != "You are signed out" || isSignedIn(b) {
			t.Errorf("%s\n%s", end, end.Body)
		}
		if end := b.Open("/signed-out"); len(frames(t, end)) != 0 || strings.Contains(end.Header.Get("Content-Security-Policy"), "frame-src") {
			t.Errorf("the page of everybody else has frames: %s", end.Body)
		}
	}, apptest.Clients(framed("framed", "")))
}

// Who knows of no session is not framed: nobody learns from the page which
// applications there are.
func TestFramesOfTheSessionOnly(t *testing.T) {
	p := one(t, apptest.Clients(framed("framed", "")))
	p.Browser().Tokens(apptest.NewRequest(apptest.Confidential("framed")), ada)
	b := p.Browser()
	id := b.Tokens(apptest.NewRequest(apptest.Web), ada).ID()
	end := confirmed(t, b, b.Open(endSession("id_token_hint", id, "post_logout_redirect_uri", signedOutURI)), true)
	if end.Location() != signedOutURI || len(frames(t, end)) != 0 {
		t.Errorf("%s\n%s", end, end.Body)
	}
}
