package oidc_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// A posted request is bound to no browser until its first GET, so anybody can make
// one and have somebody else open it. What a person did before that, in a request
// of their own, counts for nothing in it.
func TestPostedFlowStartsInTheBrowserThatOpensIt(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b := p.Browser()
		posted := func(r apptest.Request) string {
			return p.Browser().PostFrom("https://evil.example", "/authorize", r.Params).Location()
		}
		for what, c := range map[string]struct {
			of   apptest.Request
			asks string
		}{
			"consent every time": {apptest.NewRequest(apptest.Always), "/login/consent"},
			"prompt=consent":     {apptest.NewRequest(apptest.Web).With("prompt", "consent"), "/login/consent"},
			"prompt=login":       {apptest.NewRequest(apptest.Web).With("prompt", "login"), "/login"},
			"max_age":            {apptest.NewRequest(apptest.Web).With("max_age", "1"), "/login"},
		} {
			theirs := posted(c.of)
			p.Clock.Advance(time.Second)
			own := apptest.NewRequest(c.of.Client).With("prompt", "login consent") // signs in and allows
			b.SignIn(own, ada)
			p.Clock.Advance(5 * time.Second)
			if got := asks(b.Open(theirs)); got != c.asks {
				t.Errorf("%s: %s, want %s", what, got, c.asks)
			}
		}
		old := posted(apptest.NewRequest(apptest.Web))
		p.Clock.Advance(idp.FlowTTL + time.Second)
		if page := b.Open(old); page.Status != 400 {
			t.Errorf("an old one: %s", page)
		}
	})
}
