package browser_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// living starts a provider whose sessions live so long.
func living(t *testing.T, url string, ttl, absolute time.Duration) *apptest.Provider {
	return apptest.New(t, url, apptest.Configure(func(c *config.Config) {
		c.Session = config.Session{TTL: config.Duration(ttl), AbsoluteTTL: config.Duration(absolute)}
	}))
}

// A session that is used lives until its absolute end, whatever its time is; one that
// is left alone ends at its time, or at most a tenth of it, and a day, before.
func TestSessionsSlide(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		for _, c := range []struct{ ttl, absolute, early time.Duration }{
			{5 * time.Minute, 20 * time.Minute, 30 * time.Second}, {time.Hour, 4 * time.Hour, 6 * time.Minute},
			{24 * time.Hour, 72 * time.Hour, 144 * time.Minute}, {30 * 24 * time.Hour, 90 * 24 * time.Hour, 24 * time.Hour},
		} {
			p := living(t, url, c.ttl, c.absolute)
			signedIn := func(b *apptest.Browser) bool { return b.Open("/account").URL.Path == "/account" }
			used, left := p.Browser(), p.Browser()
			used.SignInHere("ada@example.com")
			begun := p.Clock.Now()
			for step := c.ttl * 9 / 10; p.Clock.Now().Add(step).Sub(begun) < c.absolute; {
				p.Clock.Advance(step)
				if !signedIn(used) {
					t.Errorf("%v: signed out after %v of use", c.ttl, p.Clock.Now().Sub(begun))
				}
			}
			p.Clock.Advance(c.absolute - p.Clock.Now().Sub(begun))
			if signedIn(used) {
				t.Errorf("%v: signed in after its absolute end", c.ttl)
			}

			left.SignInHere("bob@example.com")
			p.Clock.Advance(c.early - time.Second) // a use that is not written down
			signedIn(left)
			p.Clock.Advance(c.ttl - c.early)
			if !signedIn(left) {
				t.Errorf("%v: ends more than %v early", c.ttl, c.early)
			}
			p.Clock.Advance(c.ttl)
			if signedIn(left) {
				t.Errorf("%v: left alone, it does not end", c.ttl)
			}
		}
	})
}

// The cookie must not end before the session can: nothing sends it again.
func TestTheCookieLastsAsLongAsItsSession(t *testing.T) {
	t.Parallel()
	p := living(t, testdb.URL(t, "sqlite"), time.Hour, 4*time.Hour)
	b := p.Browser()
	wait, mail := b.Ask(b.Open("/login"), "ada@example.com")
	form := wait.Form(wait.URL.Path).Set("code", mail.Code)
	page := b.Post(form.Action, form.Values)
	cookie := ""
	for _, line := range page.Header.Values("Set-Cookie") {
		if strings.Contains(line, "sid=") {
			cookie = line
		}
	}
	_, rest, _ := strings.Cut(cookie, "Max-Age=")
	age, _, _ := strings.Cut(rest, ";")
	if seconds, err := strconv.Atoi(age); err != nil || seconds < 4*60*60-60 || seconds > 4*60*60 { // it ends with the session, not now and its time
		t.Errorf("%q", cookie)
	}
}
