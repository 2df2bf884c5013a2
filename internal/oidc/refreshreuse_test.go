package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
)

// An answer that got lost can be asked for again: within the grace the previous
// token gives the same next one, byte for byte, as often as it is sent.
func TestLostRefreshAnswerIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada).Refresh()
		lost := p.Refresh(apptest.Spa, first, "")
		granted(t, "the answer that gets lost", lost)
		for range 3 {
			p.Clock.Advance(9 * time.Second)
			again := p.Refresh(apptest.Spa, first, "")
			granted(t, "again", again)
			if again.Refresh() != lost.Refresh() {
				t.Fatal("the repetition gives another refresh token")
			}
			alive(t, "its access token", p, apptest.Spa, again.Access())
		}
		next := p.Refresh(apptest.Spa, lost.Refresh(), "")
		granted(t, "the next one", next)
		if next.Refresh() == lost.Refresh() {
			t.Error("it was not replaced")
		}
	})
}

// Reuse of a spent token means that client and thief both hold it: the grant
// ends for both (RFC 9700 §4.14.2).
func TestRefreshReuse(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		ended := func(what, live, access string) {
			t.Helper()
			refused(t, what+": the live token", p.Refresh(apptest.Spa, live, ""), 400, "invalid_grant")
			refused(t, what+": its access token", p.Get("/userinfo", access), 401, "invalid_token")
		}
		first := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada).Refresh()
		second := p.Refresh(apptest.Spa, first, "")
		p.Clock.Advance(31 * time.Second)
		refused(t, "after the grace", p.Refresh(apptest.Spa, first, ""), 400, "invalid_grant")
		ended("after the grace", second.Refresh(), second.Access())

		first = p.Browser().Tokens(apptest.Offline(apptest.Spa), ada).Refresh()
		second = p.Refresh(apptest.Spa, first, "")
		third := p.Refresh(apptest.Spa, second.Refresh(), "")
		granted(t, "third", third)
		refused(t, "within the grace, but the successor was used", p.Refresh(apptest.Spa, first, ""), 400, "invalid_grant")
		ended("successor used", third.Refresh(), third.Access())

		// Another grant of the same person at the same client lives on.
		mine, stolen := p.Browser().Tokens(apptest.Offline(apptest.Spa), ada), p.Browser().Tokens(apptest.Offline(apptest.Spa), ada)
		p.Refresh(apptest.Spa, stolen.Refresh(), "")
		p.Clock.Advance(time.Minute)
		refused(t, "stolen", p.Refresh(apptest.Spa, stolen.Refresh(), ""), 400, "invalid_grant")
		granted(t, "mine", p.Refresh(apptest.Spa, mine.Refresh(), ""))
	})
}

// The same for a confidential client, whose successor stays in use: using it
// even once ends the grace of the one before.
func TestRefreshReuseOfAConfidentialClient(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first := p.Browser().Tokens(apptest.Offline(apptest.Short), ada).Refresh()
		p.Clock.Advance(8 * time.Hour)
		second := p.Refresh(apptest.Short, first, "")
		if second.Refresh() == first {
			t.Fatal("it was not replaced after eight of ten hours")
		}
		p.Clock.Advance(time.Second)
		if again := p.Refresh(apptest.Short, first, ""); again.Refresh() != second.Refresh() {
			t.Fatalf("repetition: %s", again)
		}
		p.Clock.Advance(time.Second)
		if used := p.Refresh(apptest.Short, second.Refresh(), ""); used.Refresh() != second.Refresh() {
			t.Fatalf("the successor: %s", used)
		}
		p.Clock.Advance(time.Second)
		refused(t, "the first one again", p.Refresh(apptest.Short, first, ""), 400, "invalid_grant")
		refused(t, "the second one after it", p.Refresh(apptest.Short, second.Refresh(), ""), 400, "invalid_grant")
	})
}

// Twelve tabs that wake up together all refresh with the same token: nobody is
// logged out, and all continue with one successor.
func TestParallelRefreshes(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Spa, apptest.Web} {
			token := p.Browser().Tokens(apptest.Offline(client), ada).Refresh()
			for range 3 {
				p.Clock.Advance(time.Minute)
				next := ""
				for _, reply := range atOnce(32, func() apptest.Reply { return p.Refresh(client, token, "") }) {
					granted(t, client.ID, reply)
					if next != "" && reply.Refresh() != next {
						t.Fatalf("%s: two successors", client.ID)
					}
					next = reply.Refresh()
				}
				if rotated := next != token; rotated != client.Public() {
					t.Errorf("%s: rotated is %v", client.ID, rotated)
				}
				token = next
			}
			granted(t, client.ID+" in the end", p.Refresh(client, token, ""))
		}
	})
}

// The last use of a refresh token and its revocation at once: whatever comes
// first, afterwards it is dead.
func TestRefreshRacesRevocation(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		tokens := p.Browser().Tokens(apptest.Offline(apptest.Web), ada)
		calls := make(chan bool, 16)
		for i := range 16 {
			calls <- i == 8
		}
		replies := atOnce(16, func() apptest.Reply {
			if <-calls {
				return p.Revoke(apptest.Web, tokens.Refresh())
			}
			return p.Refresh(apptest.Web, tokens.Refresh(), "")
		})
		refused(t, "afterwards", p.Refresh(apptest.Web, tokens.Refresh(), ""), 400, "invalid_grant")
		for _, reply := range replies {
			if reply.Access() != "" {
				dead(t, "an access token of the race", p, apptest.Web, reply.Access())
			}
		}
	})
}
