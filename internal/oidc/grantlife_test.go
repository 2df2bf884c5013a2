package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
)

// account opens the account page, which lists sessions and applications.
func account(t *testing.T, b *apptest.Browser) *apptest.Page {
	t.Helper()
	page := b.Open("/account")
	if page.Heading() != "Your account" {
		t.Fatalf("no account page, but %s", page)
	}
	return page
}

// Signing out ends what an application got for the time of the session; what it
// got for later (offline_access) stays.
func TestSignOutEndsOnlineGrants(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		online, offline := b.Tokens(apptest.NewRequest(apptest.Web), ada), b.Tokens(apptest.Offline(apptest.Other), ada)
		jwt := b.Tokens(apptest.NewRequest(apptest.JWT), ada)
		b.Submit(account(t, b).Form("/logout"))
		if b.Cookie(apptest.SessionCookie) != "" {
			t.Error("the session cookie is still there")
		}
		dead(t, "online", p, apptest.Web, online.Access())
		dead(t, "online JWT", p, apptest.JWT, jwt.Access())
		alive(t, "offline", p, apptest.Other, offline.Access())
		granted(t, "offline refresh", p.Refresh(apptest.Other, offline.Refresh(), ""))
		if got := asks(b.Authorize(apptest.NewRequest(apptest.Web))); got != "/login" {
			t.Errorf("the browser still gets %s", got)
		}
	})
}

// Ending a session from another one is for a lost device: everything that came
// from it dies, offline grants too, and nothing else does.
func TestEndedSessionEndsOfflineGrants(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, form := range []string{"one", "others"} {
			lost, kept := p.Browser(), p.Browser()
			offline, online := lost.Tokens(apptest.Offline(apptest.Web), ada), lost.Tokens(apptest.NewRequest(apptest.Other), ada)
			mine := kept.Tokens(apptest.Offline(apptest.Web), ada)
			account(t, kept)
			path := "/account/sessions/end-others"
			if form == "one" {
				path = "/account/sessions/" + apptest.Claims(t, offline.ID())["sid"].(string) + "/end"
			}
			kept.Submit(kept.Open(path).Form(path))
			dead(t, form+": offline", p, apptest.Web, offline.Access())
			refused(t, form+": refresh", p.Refresh(apptest.Web, offline.Refresh(), ""), 400, "invalid_grant")
			dead(t, form+": online", p, apptest.Other, online.Access())
			if got := asks(lost.Authorize(apptest.NewRequest(apptest.Web))); got != "/login" {
				t.Errorf("%s: the ended browser still gets %s", form, got)
			}
			alive(t, form+": of the other browser", p, apptest.Web, mine.Access())
			if got := asks(kept.Authorize(apptest.NewRequest(apptest.Web))); got != "code" {
				t.Errorf("%s: the browser that ended it gets %s", form, got)
			}
		}
	})
}

// Somebody else's session is none of mine, even if I know its id.
func TestOnlyOwnSessionsCanBeEnded(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		adas, bobs := p.Browser(), p.Browser()
		tokens := adas.Tokens(apptest.Offline(apptest.Web), ada)
		bobs.SignIn(apptest.NewRequest(apptest.Web), bob)
		bobs.Post("/account/sessions/"+apptest.Claims(t, tokens.ID())["sid"].(string)+"/end", nil)
		bobs.Post("/account/sessions/end-others", nil)
		bobs.Post("/account/applications/web/disconnect", nil)
		alive(t, "ada's", p, apptest.Web, tokens.Access())
		granted(t, "ada's refresh", p.Refresh(apptest.Web, tokens.Refresh(), ""))
		account(t, adas)
	})
}

func TestDisconnectEndsTheApplicationsGrants(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		web, other := b.Tokens(apptest.Offline(apptest.Web), ada), b.Tokens(apptest.Offline(apptest.Other), ada)
		elsewhere := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		account(t, b)
		const disconnect = "/account/applications/web/disconnect"
		b.Submit(b.Open(disconnect).Form(disconnect))
		dead(t, "web", p, apptest.Web, web.Access())
		dead(t, "web in another browser", p, apptest.Web, elsewhere.Access())
		refused(t, "web's refresh", p.Refresh(apptest.Web, web.Refresh(), ""), 400, "invalid_grant")
		alive(t, "other", p, apptest.Other, other.Access())
	})
}

// disconnect takes an application's access away, as a person does.
func disconnect(b *apptest.Browser, id string) {
	path := "/account/applications/" + id + "/disconnect"
	b.Submit(b.Open(path).Form(path))
}

// An application that holds back what it was given on the way does not come back by
// it; what a person gives it later is good at once.
func TestDisconnectEndsWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		for _, c := range []apptest.Client{apptest.Web, apptest.Once} {
			r, others := apptest.Offline(c), apptest.Offline(apptest.Other)
			granted(t, c.ID, b.Tokens(r, ada))
			held, other := b.Authorize(r).MustAnswer(), b.Authorize(others).MustAnswer()
			disconnect(b, c.ID)
			refused(t, c.ID+": a code from before", p.Redeem(r, held.Code()), 400, "invalid_grant")
			granted(t, "another application's code", p.Redeem(others, other.Code()))
			granted(t, c.ID+": once more", b.Tokens(r, ada))
		}

		connect := func(device apptest.Reply) {
			t.Helper()
			if done := b.Submit(typed(b, device).Form("/device/connect"), "connect"); done.Heading() != "Connected" {
				t.Fatalf("%s", done)
			}
		}
		used, held, waits := wait(t, p, apptest.TV, "openid offline_access"), wait(t, p, apptest.TV, "openid offline_access"), wait(t, p, apptest.TV, "openid offline_access")
		connect(used)
		granted(t, "tv", poll(p, apptest.TV, used))
		connect(held)
		disconnect(b, "tv")
		p.Clock.Advance(8 * time.Minute)
		refused(t, "a device that was allowed before", poll(p, apptest.TV, held), 400, "access_denied")
		connect(waits)
		granted(t, "a device that is allowed after", poll(p, apptest.TV, waits))
	})
}

// A session ends 30 days after its last use and 90 days after its sign-in, and
// online grants end with it.
func TestSessionExpires(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		const day = 24 * time.Hour
		idle, used := p.Browser(), p.Browser()
		idle.SignIn(apptest.NewRequest(apptest.Web), ada)
		used.SignIn(apptest.NewRequest(apptest.Web), bob)
		for days := 29; days < 90; days += 29 {
			p.Clock.Advance(29 * day)
			if got := asks(used.Authorize(apptest.NewRequest(apptest.Web))); got != "code" {
				t.Fatalf("used, after %d days: %s", days, got)
			}
		}
		if got := asks(idle.Authorize(apptest.NewRequest(apptest.Web))); got != "/login" {
			t.Errorf("idle: %s", got)
		}
		last := used.Tokens(apptest.NewRequest(apptest.Web), bob)
		p.Clock.Advance(3*day + time.Minute)
		if got := asks(used.Authorize(apptest.NewRequest(apptest.Web))); got != "/login" {
			t.Errorf("used, after 90 days: %s", got)
		}
		dead(t, "its online grant", p, apptest.Web, last.Access())
	})
}
