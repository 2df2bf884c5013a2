package oidc_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"idp/internal/apptest"
)

// A second redemption means that two parties have the code: nothing that came
// from it can be trusted (RFC 6749 §4.1.2, §10.5).
func TestCodeReplayRevokesTheGrant(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, client := range []apptest.Client{apptest.Web, apptest.Spa, apptest.JWT} {
			r := apptest.Offline(client)
			code := p.Browser().SignIn(r, ada).Code()
			first := p.Redeem(r, code)
			granted(t, "first", first)
			alive(t, "before the replay", p, client, first.Access())
			refused(t, "replay", p.Redeem(r, code), 400, "invalid_grant")
			dead(t, "the access token of the first redemption", p, client, first.Access())
			refused(t, "the refresh token of the first redemption", p.Refresh(client, first.Refresh(), ""), 400, "invalid_grant")
			refused(t, "a third time", p.Redeem(r, code), 400, "invalid_grant")
		}
	})
}

// A thief may be late: a code that comes back after its minute still tells that
// somebody else has it.
func TestLateReplayRevokesTheGrantToo(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := apptest.Offline(apptest.Web)
		code := p.Browser().SignIn(r, ada).Code()
		first := p.Redeem(r, code)
		granted(t, "first", first)
		p.Clock.Advance(2 * time.Minute)
		refused(t, "late replay", p.Redeem(r, code), 400, "invalid_grant")
		refused(t, "refresh after it", p.Refresh(apptest.Web, first.Refresh(), ""), 400, "invalid_grant")
	})
}

// ... and the person may have signed out meanwhile, which an offline grant
// survives and a replay must not.
func TestReplayAfterSignOutRevokesTheGrantToo(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, r := p.Browser(), apptest.Offline(apptest.Web)
		code := b.SignIn(r, ada).Code()
		first := p.Redeem(r, code)
		granted(t, "first", first)
		b.Submit(b.Open("/account").Form("/logout"))
		refused(t, "replay", p.Redeem(r, code), 400, "invalid_grant")
		refused(t, "refresh after it", p.Refresh(apptest.Web, first.Refresh(), ""), 400, "invalid_grant")
	})
}

// Of 32 redemptions at once exactly one succeeds, and since 31 others tried, its
// tokens do not stay.
func TestParallelRedemptionsHaveOneWinner(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := apptest.Offline(apptest.Web)
		code := p.Browser().SignIn(r, ada).Code()
		var winner *apptest.Reply
		for i, reply := range atOnce(32, func() apptest.Reply { return p.Redeem(r, code) }) {
			if reply.Status != http.StatusOK {
				refused(t, "a loser", reply, 400, "invalid_grant")
				continue
			}
			if winner != nil {
				t.Fatalf("number %d is a second winner", i)
			}
			winner = &reply
		}
		if winner == nil {
			t.Fatal("nobody won")
		}
		dead(t, "the winner's access token", p, apptest.Web, winner.Access())
	})
}

// atOnce calls n times at the same moment.
func atOnce(n int, call func() apptest.Reply) []apptest.Reply {
	out := make([]apptest.Reply, n)
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { <-gate; out[i] = call() })
	}
	close(gate)
	wg.Wait()
	return out
}

func TestCodeLivesOneMinute(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := apptest.NewRequest(apptest.Web)
		b := p.Browser()
		code := b.SignIn(r, ada).Code()
		p.Clock.Advance(59 * time.Second)
		granted(t, "after 59 seconds", p.Redeem(r, code))
		code = b.SignIn(r, ada).Code()
		p.Clock.Advance(61 * time.Second)
		refused(t, "after 61 seconds", p.Redeem(r, code), 400, "invalid_grant")
	})
}

// A code belongs to one client and one redirect URI. A failed attempt does not
// spend it: otherwise whoever sees a code could spoil it.
func TestCodeIsBoundToClientAndRedirectURI(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		r := apptest.NewRequest(apptest.Web)
		code := p.Browser().SignIn(r, ada).Code()
		for what, try := range map[string]apptest.Request{
			"another client":                    {Client: apptest.Other, Params: r.Params, Verifier: r.Verifier},
			"a public client":                   {Client: apptest.Spa, Params: r.Params, Verifier: r.Verifier},
			"another client, its own URI":       {Client: apptest.Other, Params: apptest.NewRequest(apptest.Other).Params, Verifier: r.Verifier},
			"the client's other URI":            r.With("redirect_uri", "https://web.example.com/tenant?id=1"),
			"a slash more":                      r.With("redirect_uri", apptest.Web.Redirect+"/"),
			"the URI of an attacker":            r.With("redirect_uri", "https://evil.example/"),
			"no URI":                            r.With("redirect_uri", ""),
			"the URI with an encoded character": r.With("redirect_uri", "https://web.example.com/call%62ack"),
		} {
			refused(t, what, p.Redeem(try, code), 400, "invalid_grant")
		}
		granted(t, "the right client", p.Redeem(r, code))
	})
}

// A code is worth nothing once the session that it came from has ended.
func TestCodeOfAnEndedSession(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, r := range []apptest.Request{apptest.NewRequest(apptest.Web), apptest.Offline(apptest.Web)} {
			b := p.Browser()
			code := b.SignIn(r, ada).Code()
			b.Submit(b.Open("/account").Form("/logout"))
			refused(t, "after signing out", p.Redeem(r, code), 400, "invalid_grant")
		}
	})
}
